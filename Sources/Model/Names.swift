/// The name of an account or a group by the rules of Debian's useradd(8).
public struct AccountName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let text: String

    /// - Returns: nil unless it begins with a letter or `_`, goes on with letters, digits, `_`, `-` and `.`, may end
    ///   in `$`, and has at most 32 characters. Names of digits only cannot be told from numbers and are refused.
    public init?(_ text: String) {
        var body = Substring(text)
        if body.last == "$" { body.removeLast() }
        guard let first = body.utf8.first, text.utf8.count <= 32 else { return nil }
        guard first == UInt8(ascii: "_") || first.isASCIILetter, body.isASCIIWord(or: "_-.") else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    public static let root = AccountName(unchecked: "root")
    /// The account that owns nothing.
    public static let nobody = AccountName(unchecked: "nobody")
    /// The group that owns the tables of users (crontab(1)).
    public static let crontab = AccountName(unchecked: "crontab")

    public var description: String { text }
    public static func < (left: AccountName, right: AccountName) -> Bool { left.text < right.text }
}

extension AccountName: TextValue {
    public static var shape: Shape { .text(pattern: "^[A-Za-z_][A-Za-z0-9_.-]{0,31}[$]?$") }

    public static let expectation = "an account name"
    public static let hint: String? =
        "letters, digits, `_`, `-` and `.`, beginning with a letter or `_`, at most 32 characters"

    /// A host may have an account of this name; a site names none so.
    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, let name = AccountName(text), text != Self.everybody else {
            let isWord = node.text == Self.everybody
            throw DecodingFault(
                node, expected: Self.expectation, hint: isWord ? "sudo takes `ALL` for everybody" : Self.hint)
        }
        self = name
    }

    /// What sudoers(5) calls everybody.
    public static let everybody = "ALL"
}

/// Whom a file belongs to: a name that is looked up when it is needed, or a number.
public enum Owner: Sendable, Hashable, CustomStringConvertible {
    case name(AccountName)
    case number(UInt32)

    public var description: String {
        switch self {
        case .name(let name): name.text
        case .number(let number): String(number)
        }
    }
}

extension Owner: FieldValue {
    public static var shape: Shape { .either([AccountName.shape, .number]) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text else { throw DecodingFault(node, expected: "an account name or a number") }
        if let number = UInt32(text), String(number) == text, number != .max {
            self = .number(number)
        } else if let name = AccountName(text) {
            self = .name(name)
        } else {
            throw DecodingFault(node, expected: "an account name or a number")
        }
    }

    public var rendered: Node.Content {
        switch self {
        case .name(let name): .string(name.text)
        case .number(let number): .int(Int64(number))
        }
    }

    public var shown: ShownText { .text(description) }
}
