import SystemFiles
public import Model

/// Keys that may log in to an account and come and go together.
public struct KeyGroup: Resource, Removable {
    public var name = PlainName.none
    public var user = AccountName.root
    public var keys = NamedKeys()
    public var keep: [String]?

    public init() {}

    public static let typeName = "key_group"
    public static let bearsMark = true
    public static let doc = """
        Keys that may log in to an account and come and go together. The comment of each in `~/.ssh/authorized_keys` names \
        the group and the key, so that one that has left the group is found and removed; other keys there are left alone.
        """
    public static let fields: [Field<KeyGroup>] = [
        Field(
            "name", always: \.name, .key,
            doc: "Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 64.",
            examples: ["deploy"]),
        Field("user", always: \.user, .parameter, isRequired: true, doc: "The account.", examples: ["app"]),
        Field(
            "keys", always: \.keys,
            doc: "The public keys by their names in the group, with options where they have any.",
            examples: ["{web1: 'restrict,pty ssh-ed25519 \(AuthorizedKey.sample)'}"]),
        Field(
            "keep", \.keep, doc: "Names whose keys are not known now: what the file has of them stays.",
            examples: ["[web2]"]),
    ]
    public static let examples = [
        "deploy: {user: root, keys: {web1: 'restrict,pty ssh-ed25519 \(AuthorizedKey.sample)'}, keep: [web2]}"
    ]

    private var content: KeyGroupContent {
        KeyGroupContent(name.text, keys: keys.list.map { ($0.name, $0.key) }, kept: keep ?? [])
    }

    public var objects: [HostObject] {
        [.keyGroup(user, name.text)] + keys.list.map { .authorizedKey(user, blob: $0.key.blob) }
    }
    public var needs: [Need] { [Need(.user(user), "user")] }
    public var problems: [Problem] {
        var problems: [Problem] = []
        if let name = (keep ?? []).first(where: { name in
            !NamedKeys.isName(name) || keys.list.contains { $0.name == name }
        }) {
            problems.append(Problem("keep", "expected names that are not in `keys`, found `\(name)`"))
        }
        if Set(keys.list.map(\.key.blob)).count != keys.list.count {
            problems.append(Problem("keys", "expected each key once"))
        }
        return problems + Problem.ofOptions(keys.list.map(\.key), at: "keys")
    }

    public struct Observed: Sendable {
        var file: KeyFile
        /// The keys of the group, with the names that their comments say.
        var keys: [(name: String, key: PublicKey)]
        var group: UInt32
        var isInPlace: Bool
    }

    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        guard let holder = try KeyHolder(user, on: host) else { return [] }
        return [try KeyFile.path(of: holder, on: host)]
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let entry = try host.account(.name(user)) else { return nil }
        guard let holder = try KeyHolder(user, on: host) else { throw Refusal("the account \(user) has no home") }
        let file = try KeyFile(of: holder, on: host)
        let document = try host.document(AuthorizedKeys.self, at: file.path) ?? AuthorizedKeys(parsing: [])
        return Observed(
            file: file, keys: file.keys.compactMap { key in content.name(of: key).map { ($0, key) } }, group: entry.gid,
            isInPlace: document.isUnchanged(by: .setGroup(content)))
    }

    public func isPresent(in observed: Observed) -> Bool { !observed.keys.isEmpty }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [Change("keys", from: nil, to: keys.shown)] }
        if observed.isInPlace { return [] }
        let former = observed.keys.map { "\($0.name): \($0.key.shownBriefly)" }.sorted()
        return [Change("keys", from: former.isEmpty ? nil : .text(former.joined(separator: ", ")), to: keys.shown)]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { throw Refusal("the account \(user) does not exist", isMissing: true) }
        if observed.isInPlace { return [] }
        return try observed.file.steps(.setGroup(content), owner: .name(user), group: .number(observed.group))
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        observed?.file.remarks ?? []
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        [.editFile(FileEdit(observed.file.path, KeysEdit.setGroup(KeyGroupContent(name.text))))]
    }
}

/// Public keys by names, in the order of the names.
public struct NamedKeys: Sendable, Hashable, FieldValue {
    public struct Named: Sendable, Hashable {
        public var name: String
        public var key: PublicKey
    }

    public let list: [Named]

    public init(_ list: [Named] = []) {
        self.list = list.sorted { $0.name < $1.name }
    }

    /// What can stand in a comment: the ids of hosts among others.
    static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.isASCIIWord(or: "-_.:") && text != "-"
    }

    public static var shape: Shape { .mapping(of: .text(pattern: nil)) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard case .map(let entries) = node.content else {
            throw DecodingFault(node, expected: "a mapping of names to public keys")
        }
        var list: [Named] = []
        for entry in entries {
            guard Self.isName(entry.key) else {
                throw DecodingFault(
                    at: entry.keyPlace, expected: "a name of letters, digits, `-`, `_`, `.` and `:`",
                    found: "`\(entry.key)`")
            }
            list.append(Named(name: entry.key, key: try PublicKey(decoding: entry.value)))
        }
        self.init(list)
    }

    public var rendered: Node.Content {
        .map(list.map { .init(key: $0.name, keyPlace: .nowhere, value: Node($0.key.rendered, at: .nowhere)) })
    }

    public var shown: ShownText { .text(list.map { "\($0.name): \($0.key.shownBriefly)" }.joined(separator: ", ")) }
}

extension Problem {
    /// Of keys that sshd would not take for their options.
    static func ofOptions(_ keys: [PublicKey], at property: String) -> [Problem] {
        keys.compactMap { key in
            key.optionFault.map {
                Problem(
                    at: property,
                    "expected options that sshd takes, found \($0.found)" + ($0.hint.map { ": \($0)" } ?? ""))
            }
        }
    }
}

extension PublicKey {
    /// Enough of it to tell it from others.
    fileprivate var shownBriefly: String {
        [options, type, "...\(blob.suffix(12))"].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
