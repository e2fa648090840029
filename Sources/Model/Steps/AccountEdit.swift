/// An edit of the local account databases (passwd(5), group(5), shadow(5), gshadow(5), subuid(5)), evaluated again
/// when it is performed. Several edits of one run are one locked rewrite of each database.
public enum AccountEdit: Sendable, Hashable {
    /// Creates the group or changes what is given.
    case setGroup(GroupRecord)
    /// Creates the account, with a private group where none is given, or changes what is given.
    case setUser(UserRecord)
    /// Removes the account, its private group, its memberships, subuid and subgid lines.
    case removeUser(AccountName)
}

/// What a group must be; nil is left alone, or chosen at creation.
public struct GroupRecord: Sendable, Hashable {
    public var name: AccountName
    public var gid: UInt32?
    public var members: Membership<AccountName>?
    public var isSystem: Bool
    /// Lets an existing group change its number.
    public var renumbers: Bool

    public init(
        name: AccountName, gid: UInt32? = nil, members: Membership<AccountName>? = nil, isSystem: Bool = false,
        renumbers: Bool = false
    ) {
        self.name = name
        self.gid = gid
        self.members = members
        self.isSystem = isSystem
        self.renumbers = renumbers
    }
}

/// What an account must be; nil is left alone, or has useradd's default at creation.
public struct UserRecord: Sendable, Hashable {
    public var name: AccountName
    public var uid: UInt32?
    /// The primary group; nil: a private group at creation.
    public var group: Owner?
    public var groups: Membership<AccountName>?
    public var comment: String?
    public var home: AbsolutePath?
    public var shell: AbsolutePath?
    /// A crypt(3) hash.
    public var password: Content?
    public var isLocked: Bool?
    public var expires: Expiry?
    /// Days, as shadow(5) has them.
    public var minimumAge: Days?
    public var maximumAge: Days?
    public var warningAge: Days?
    public var isSystem: Bool
    public var renumbers: Bool

    public init(name: AccountName, isSystem: Bool = false, renumbers: Bool = false) {
        self.name = name
        self.isSystem = isSystem
        self.renumbers = renumbers
    }
}

/// A number of days, written as such or as a duration of whole days.
public struct Days: Sendable, Hashable {
    public var count: Int

    public init(_ count: Int) {
        self.count = count
    }
}

extension Days: FieldValue {
    public static var shape: Shape { .either([.number, .text(pattern: Duration.pattern)]) }

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "a number of days such as 90 or 90d"
        if let text = node.text, let count = Int(text), String(count) == text, (0...99999).contains(count) {
            self.count = count
        } else if let text = node.text, let duration = Duration(text: text), duration.components.attoseconds == 0,
            duration.components.seconds % 86400 == 0, duration.components.seconds / 86400 <= 99999
        {
            count = Int(duration.components.seconds / 86400)
        } else {
            throw DecodingFault(node, expected: expected)
        }
    }

    public var rendered: Node.Content { .int(Int64(count)) }
    public var shown: ShownText { .text("\(count)d") }
}

/// When an account expires.
public enum Expiry: Sendable, Hashable {
    case never
    /// Days since 1970-01-01.
    case day(Int)
}

extension Expiry: FieldValue {
    public static var shape: Shape { .text(pattern: "^(never|[0-9]{4}-[0-9]{2}-[0-9]{2})$") }

    public init(decoding node: Node) throws(DecodingFault) {
        if node.text == "never" {
            self = .never
        } else if let text = node.text, let date = CivilDate(text) {
            self = .day(date.daysSinceEpoch)
        } else {
            throw DecodingFault(node, expected: "a date such as 2027-01-31 or never")
        }
    }

    public var text: String {
        switch self {
        case .never: "never"
        case .day(let day): CivilDate(daysSinceEpoch: day).description
        }
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
