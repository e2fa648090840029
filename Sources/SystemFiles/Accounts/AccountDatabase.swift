public import Model

/// The local account databases of one host: lookups that cost the same for any number of accounts, and edits in memory.
///
/// Names that no rule of useradd(8) allows are kept but cannot be looked up. Missing databases are empty; gshadow, subuid
/// and subgid are kept in step only where they exist.
public struct AccountDatabase: Sendable {
    var passwd: PasswdFile
    var group: GroupFile
    var shadow: ShadowFile?
    var gshadow: GshadowFile?
    var subuid: SubordinateFile?
    var subgid: SubordinateFile?

    public init(
        passwd: PasswdFile, group: GroupFile, shadow: ShadowFile? = nil, gshadow: GshadowFile? = nil,
        subuid: SubordinateFile? = nil, subgid: SubordinateFile? = nil
    ) {
        self.passwd = passwd
        self.group = group
        self.shadow = shadow
        self.gshadow = gshadow
        self.subuid = subuid
        self.subgid = subgid
    }

    public init(reading host: any HostReading) throws(HostFault) {
        if let keeper = host as? any AccountKeeping, let kept = keeper.accounts {
            self = kept
            return
        }
        self.init(
            passwd: try host.document(PasswdFile.self, at: Path.passwd) ?? PasswdFile(parsing: []),
            group: try host.document(GroupFile.self, at: Path.group) ?? GroupFile(parsing: []),
            shadow: try host.document(ShadowFile.self, at: Path.shadow),
            gshadow: try host.document(GshadowFile.self, at: Path.gshadow),
            subuid: try host.document(SubordinateFile.self, at: Path.subuid),
            subgid: try host.document(SubordinateFile.self, at: Path.subgid))
    }

    /// Where the databases are.
    public enum Path {
        private static let directory = AbsolutePath.root.appending("etc")
        public static let passwd = directory.appending("passwd")
        public static let group = directory.appending("group")
        public static let shadow = directory.appending("shadow")
        public static let gshadow = directory.appending("gshadow")
        public static let subuid = directory.appending("subuid")
        public static let subgid = directory.appending("subgid")
    }

    // MARK: Lookups

    public func user(_ name: AccountName) -> UserEntry? {
        passwd[name.text].flatMap { UserEntry($0, shadow?[name.text]) }
    }

    /// The first account with a number, if its name has that number too: a name can have several lines.
    public func user(number uid: UInt32) -> UserEntry? {
        passwd.uids[uid].flatMap { AccountName($0) }.flatMap { user($0) }.flatMap { $0.uid == uid ? $0 : nil }
    }

    /// All accounts in the order of the file.
    public var users: [UserEntry] { passwd.rows.compactMap { UserEntry($0, shadow?[$0.name]) } }

    public func group(_ name: AccountName) -> GroupEntry? {
        guard let gid = group.gid(of: name.text) else { return nil }
        let listed = group.members.members(of: name.text)
        let strangers = listed.filter { AccountName($0) == nil }
        return GroupEntry(name: name, gid: gid, members: listed.compactMap { AccountName($0) }, strangers: strangers)
    }

    /// The first group with a number, if its name has that number too.
    public func group(number gid: UInt32) -> GroupEntry? {
        group.gids[gid].flatMap { AccountName($0) }.flatMap { group($0) }.flatMap { $0.gid == gid ? $0 : nil }
    }

    /// All groups in the order of the file.
    public var groups: [GroupEntry] { group.names.compactMap { AccountName($0) }.compactMap { group($0) } }

    /// The supplementary groups of an account, sorted.
    public func groups(of user: AccountName) -> [AccountName] {
        group.members.groups(of: user.text).compactMap { AccountName($0) }.sorted()
    }

    /// The numbers of all groups of an account, the primary one first.
    public func groupNumbers(of user: AccountName) -> [UInt32] {
        guard let primary = passwd[user.text]?.gid else { return [] }
        var numbers = [primary]
        for gid in group.gids(listing: user.text) where !numbers.contains(gid) { numbers.append(gid) }
        return numbers
    }

    /// The number of an account; nil when there is none of the name.
    public func uid(of owner: Owner) -> UInt32? {
        switch owner {
        case .number(let number): number
        case .name(let name): passwd[name.text]?.uid
        }
    }

    /// The number of a group; nil when there is none of the name.
    public func gid(of owner: Owner) -> UInt32? {
        switch owner {
        case .number(let number): number
        case .name(let name): group.gid(of: name.text)
        }
    }

    /// The number of an account or group, from the one database that tells it.
    public static func number(of owner: Owner, kind: AccountKind, on host: some HostReading) throws(HostFault)
        -> UInt32?
    {
        switch owner {
        case .number(let number): number
        case .name(let name) where kind == .group: try host.document(GroupFile.self, at: Path.group)?.gid(of: name.text)
        case .name(let name): try host.document(PasswdFile.self, at: Path.passwd)?[name.text]?.uid
        }
    }

    // MARK: Edits

    /// Performs an edit in memory; a refused one changes nothing.
    ///
    /// - Parameters:
    ///   - today: days since 1970-01-01, for the date of the last change of a password.
    ///   - defaults: what a new account or group gets where nothing is declared.
    ///   - host: whose other sources of accounts are asked; nil where there are none.
    public mutating func apply(
        _ edit: AccountEdit, today: Int, defaults: AccountDefaults = AccountDefaults(),
        on host: (any HostReading)? = nil
    ) throws(Refusal) {
        let context = EditContext(today: today, defaults: defaults, foreign: ForeignAccounts(host: host))
        switch edit {
        case .setGroup(let record): try setGroup(record, context)
        case .setUser(let record): try setUser(record, context)
        case .removeUser(let name): try removeUser(name, defaults)
        }
    }

    /// A database that edits changed.
    public struct ChangedFile: Sendable {
        public var path: AbsolutePath
        public var bytes: [UInt8]
        /// The permissions of a file that does not exist yet.
        public var permissions: Permissions
    }

    /// The databases that edits changed, in the order in which it is safe to write them: passwd last, which says whether
    /// an account is there, so that what stops in between is done again.
    public var changedFiles: [ChangedFile] {
        var files: [ChangedFile] = []
        func add(_ path: AbsolutePath, _ isChanged: Bool?, _ bits: UInt16, _ bytes: () -> [UInt8]?) {
            guard isChanged == true, let bytes = bytes() else { return }
            files.append(ChangedFile(path: path, bytes: bytes, permissions: Permissions(bits)))
        }
        add(Path.gshadow, gshadow?.isChanged, 0o640) { gshadow?.bytes }
        add(Path.group, group.isChanged, 0o644) { group.bytes }
        add(Path.subuid, subuid?.isChanged, 0o644) { subuid?.bytes }
        add(Path.subgid, subgid?.isChanged, 0o644) { subgid?.bytes }
        add(Path.shadow, shadow?.isChanged, 0o640) { shadow?.bytes }
        add(Path.passwd, passwd.isChanged, 0o644) { passwd.bytes }
        return files
    }
}

/// A host that has its accounts in memory, once one of them was changed there.
public protocol AccountKeeping: HostReading {
    var accounts: AccountDatabase? { get }
}

/// Facts beside the files that an edit needs.
struct EditContext {
    /// Days since 1970-01-01.
    var today: Int
    var defaults: AccountDefaults
    var foreign: ForeignAccounts
}
