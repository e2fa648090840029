public import Model

/// A tag of sudoers(5), but for those of passwords.
public enum SudoTag: String, FieldValue, CaseIterable {
    case exec = "EXEC", noexec = "NOEXEC", follow = "FOLLOW", nofollow = "NOFOLLOW", intercept = "INTERCEPT",
        nointercept = "NOINTERCEPT", logInput = "LOG_INPUT", nologInput = "NOLOG_INPUT", logOutput = "LOG_OUTPUT",
        nologOutput = "NOLOG_OUTPUT", mail = "MAIL", nomail = "NOMAIL", setenv = "SETENV", nosetenv = "NOSETENV"

    /// The tag that says the opposite.
    var opposite: SudoTag? {
        SudoTag(rawValue: rawValue.hasPrefix("NO") ? String(rawValue.dropFirst(2)) : "NO\(rawValue)")
    }
}

/// An account of a sudo rule, or `ALL`.
public struct SudoAccount: Sendable, Hashable, FieldValue {
    public let name: AccountName
    public var isEverybody: Bool { name.text == AccountName.everybody }

    static let root = SudoAccount(.root)

    init(_ name: AccountName) {
        self.name = name
    }

    public static var shape: Shape { AccountName.shape }
    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, let name = AccountName(text) else {
            throw DecodingFault(node, expected: AccountName.expectation, hint: AccountName.hint)
        }
        self.name = name
    }
    public var rendered: Node.Content { name.rendered }
    public var shown: ShownText { name.shown }

    /// A name in capitals would be an alias without its quotes.
    var word: String {
        let isAlias = name.text.utf8.allSatisfy { !(0x61...0x7A).contains($0) } && name.text.isASCIIWord(or: "_")
        return isAlias && !isEverybody ? "\"\(name.text)\"" : name.text
    }
}

/// A host of a sudo rule: a name, an address or a network, or `ALL`.
public struct SudoHost: Sendable, Hashable, TextValue {
    public let text: String

    static let all = SudoHost(unchecked: "ALL")

    private init(unchecked text: String) {
        self.text = text
    }

    public init?(_ text: String) {
        if text == "ALL" {
            self.text = text
            return
        }
        guard let found = IPAddress(text)?.text ?? IPPrefix(text)?.text ?? DomainName(text)?.text else { return nil }
        self.text = found
    }

    public static var shape: Shape { .text(pattern: nil) }
    public static let expectation = "a host name, an address, a network or ALL"

    var word: String { text.replacing(scalar: ":", with: "\\:") }
}

/// As whom a command may run: `root`, `ana:adm`, `:adm`, `ALL:ALL`, or a list of accounts.
public struct SudoIdentity: Sendable, Hashable, FieldValue {
    public let users: [SudoAccount]
    public let groups: [SudoAccount]

    static let root = SudoIdentity(users: [.root], groups: [])

    private init(users: [SudoAccount], groups: [SudoAccount]) {
        self.users = users
        self.groups = groups
    }

    public static var shape: Shape { .either([.text(pattern: nil), .list(AccountName.shape)]) }

    public init(decoding node: Node) throws(DecodingFault) {
        if case .list = node.content {
            users = try [SudoAccount](decoding: node)
            groups = []
        } else {
            let sides = try String(decoding: node).split(separator: ":", omittingEmptySubsequences: false)
            let lists = sides.map { side in side.split(separator: ",").map(\.trimmed) }
            let accounts = lists.map { $0.compactMap { AccountName($0).map { SudoAccount($0) } } }
            guard accounts.count <= 2, zip(lists, accounts).allSatisfy({ $0.count == $1.count }) else {
                throw DecodingFault(
                    node, expected: "an account, accounts and groups as in `ana:adm`, or a list of accounts")
            }
            users = accounts.first ?? []
            groups = accounts.count > 1 ? accounts[1] : []
        }
        guard !users.isEmpty || !groups.isEmpty else { throw DecodingFault(node, expected: "an account or a group") }
    }

    /// As it stands between the parentheses of a rule.
    var line: String { joined(\.word) }

    private func joined(_ word: (SudoAccount) -> String) -> String {
        let groups = groups.isEmpty ? "" : ":" + self.groups.map(word).joined(separator: ",")
        return users.map(word).joined(separator: ",") + groups
    }

    public var rendered: Node.Content { .string(joined(\.name.text)) }
    public var shown: ShownText { .text(joined(\.name.text)) }
}
