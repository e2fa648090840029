public import Model

/// An account as passwd(5) and shadow(5) tell it together.
public struct UserEntry: Sendable, Hashable {
    public var name: AccountName
    public var uid: UInt32
    /// The number of the primary group.
    public var gid: UInt32
    public var comment: String
    /// nil where the field holds no canonical path.
    public var home: AbsolutePath?
    public var shell: AbsolutePath?
    /// The password field as it stands, with its lock; a secret.
    public var passwordField: Content
    /// The hash without its lock, a secret; empty without a password.
    public var password: Content
    /// Locked as Lodestar locks: the password cannot match and the account has expired, so that no key logs in either.
    public var isLocked: Bool
    /// Neither half of a lock is there. An account that somebody locked by its password only is neither locked nor
    /// unlocked.
    public var isUnlocked: Bool
    public var expires: Expiry
    /// Days; nil where the field is empty.
    public var minimumAge: Int?
    public var maximumAge: Int?
    public var warningAge: Int?

    init?(_ row: PasswdFile.Row, _ shadow: ShadowFile.Row?) {
        guard let name = AccountName(row.name) else { return nil }
        self.name = name
        uid = row.uid
        gid = row.gid
        comment = row.comment
        home = AbsolutePath(row.home)
        shell = AbsolutePath(row.shell)
        let field = shadow?.password ?? row.password
        passwordField = Content(field, isSecret: true)
        password = Content(PasswordField.hash(of: field), isSecret: true)
        let hasExpired = shadow?.expires == PasswordField.lockDay
        isLocked = PasswordField.isLocked(field) && hasExpired
        isUnlocked = !PasswordField.isLocked(field) && !hasExpired
        expires = shadow?.expires.map { .day($0) } ?? .never
        minimumAge = shadow?.minimumAge
        maximumAge = shadow?.maximumAge
        warningAge = shadow?.warningAge
    }
}

/// A group as group(5) tells it.
public struct GroupEntry: Sendable, Hashable {
    public var name: AccountName
    public var gid: UInt32
    /// As listed, in the order of the file; accounts that have it as their primary group are not among them.
    public var members: [AccountName]
    /// The words of the list that are no account's name.
    public var strangers: [String] = []
}

/// The password field of shadow(5): `!` in front of a hash locks it.
enum PasswordField {
    /// 1970-01-02, the day on which a locked account has expired (usermod(8) `--expiredate 1`).
    static let lockDay = 1

    static func isLocked(_ field: String) -> Bool { field.utf8.first == UInt8(ascii: "!") }

    /// The hash that a lock hides; empty for a lone `!`.
    static func hash(of field: String) -> String { String(field.drop { $0 == "!" }) }

    static func locked(_ field: String) -> String { isLocked(field) ? field : "!" + field }

    /// A lone lock becomes `*`: nothing may ever become an empty password.
    static func unlocked(_ field: String) -> String {
        guard isLocked(field) else { return field }
        let hash = hash(of: field)
        return hash.isEmpty ? "*" : hash
    }
}

extension UserEntry {
    /// Whether some password logs in, once the account is not locked.
    public var hasPassword: Bool { password.bytes.first == UInt8(ascii: "$") }
}
