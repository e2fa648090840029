public import Model

/// What shadow-utils take for a new account where nothing is declared: login.defs(5) and /etc/default/useradd
/// (useradd(8)). A host without them has Debian's.
public struct AccountDefaults: Sendable {
    /// Numbers of accounts and groups.
    var uids: ClosedRange<UInt32> = 1000...60000
    var systemUids: ClosedRange<UInt32> = 101...999
    var gids: ClosedRange<UInt32> = 1000...60000
    var systemGids: ClosedRange<UInt32> = 101...999
    var subuids = SubordinateRange()
    var subgids = SubordinateRange()
    /// Days; nil leaves the field empty.
    var minimumAge: Int? = 0
    var maximumAge: Int? = 99999
    var warningAge: Int? = 7
    /// The days of grace after a password expired, as they stand.
    var grace = ""
    var expires: Int?
    var shell = "/bin/sh"
    /// The primary group of accounts that have no private one; nil: each has one of its own.
    var sharedGroup: Owner?
    /// Where homes are made.
    public var homes = AbsolutePath.root.appending("home")
    public var homePermissions = Permissions(0o755)
    public var skeleton = AbsolutePath.root.appending("etc/skel")
    /// Whether accounts that are not of the system get a home unasked.
    public var makesHomes = true
    /// Where an account's empty mailbox is made; nil: nowhere.
    public var mailboxes: AbsolutePath?

    public init() {}

    /// The files of the defaults.
    public static let files = [loginFile, useraddFile]
    private static let loginFile = AbsolutePath.root.appending("etc/login.defs")
    private static let useraddFile = AbsolutePath.root.appending("etc/default/useradd")
    /// Where some distributions put what login.defs overrides as a whole.
    private static let vendorFile = AbsolutePath.root.appending("usr/etc/login.defs")

    public init(reading host: any HostReading) throws(HostFault) {
        let local = try host.document(LoginDefinitions.self, at: Self.loginFile)
        let login = if let local { local } else { try host.document(LoginDefinitions.self, at: Self.vendorFile) }
        let useradd = try host.document(UseraddDefaults.self, at: Self.useraddFile)
        self.init(login: login, useradd: useradd)
    }

    init(login: LoginDefinitions?, useradd: UseraddDefaults?) {
        self = login?.defaults ?? AccountDefaults()
        if let useradd { read(useradd) } else if login != nil { shell = "/bin/bash" }
        if login?.isYes("USERGROUPS_ENAB") == false { sharedGroup = useradd?.owner("GROUP") ?? .number(100) }
        if useradd?["CREATE_MAIL_SPOOL"]?.lowercased() == "yes" {
            mailboxes = login?["MAIL_DIR"].flatMap { AbsolutePath($0) } ?? AbsolutePath.root.appending("var/mail")
        }
    }

    fileprivate mutating func read(_ login: LoginDefinitions) {
        uids = login.range("UID", default: uids)
        gids = login.range("GID", default: gids)
        systemUids = login.range("SYS_UID", default: 101...max(101, uids.lowerBound) - 1)
        systemGids = login.range("SYS_GID", default: 101...max(101, gids.lowerBound) - 1)
        subuids.read(login, "SUB_UID")
        subgids.read(login, "SUB_GID")
        minimumAge = login.days("PASS_MIN_DAYS")
        maximumAge = login.days("PASS_MAX_DAYS")
        warningAge = login.days("PASS_WARN_AGE")
        let mask = login.mode("UMASK") ?? 0o022
        homePermissions = Permissions(login.mode("HOME_MODE") ?? 0o777 & ~mask)
        makesHomes = login["CREATE_HOME"] == nil || login.isYes("CREATE_HOME")
    }

    private mutating func read(_ useradd: UseraddDefaults) {
        shell = useradd.shell
        homes = useradd.homes ?? homes
        skeleton = useradd.skeleton ?? skeleton
        if let days = useradd.graceDays { grace = String(days) }
        expires = useradd.expires
    }

    /// Where the home of an account is made.
    public func home(of name: AccountName) -> AbsolutePath { homes.appending(name.text) }
}

/// The numbers of subuid(5) that new accounts get.
struct SubordinateRange: Sendable, Hashable {
    var first: UInt64 = 100_000
    var last: UInt64 = 600_100_000
    /// 0 for no limit.
    var count: UInt64 = 65536

    mutating func read(_ login: LoginDefinitions, _ name: String) {
        first = login.number("\(name)_MIN") ?? first
        last = login.number("\(name)_MAX") ?? last
        count = login.number("\(name)_COUNT") ?? count
    }
}

/// /etc/login.defs (login.defs(5)), as shadow-utils' lib/getdef.c reads it.
struct LoginDefinitions: HostDocument {
    let bytes: [UInt8]
    private var values: [String: String] = [:]
    /// What the file alone makes of the defaults. Each account asks for it.
    fileprivate private(set) var defaults = AccountDefaults()

    init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        for line in FileLine.lines(of: bytes).lines {
            let words = line.text.utf8.split(maxSplits: 1) { $0 == 0x20 || $0 == 0x09 }.map { String(Substring($0)) }
            guard words.count == 2, let name = words.first, !name.hasPrefix("#") else { continue }
            let value = words[1].utf8.drop { [0x20, 0x09, 0x22].contains($0) }.prefix { $0 != 0x22 }
            values[name] = String(Substring(value)).trimmingEnd
        }
        defaults.read(self)
    }

    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func isYes(_ name: String) -> Bool { values[name]?.lowercased() == "yes" }

    /// Decimal, or octal and hexadecimal as in C.
    func number(_ name: String) -> UInt64? {
        guard let text = self[name] else { return nil }
        if text.hasPrefix("0x") || text.hasPrefix("0X") { return UInt64(text.dropFirst(2), radix: 16) }
        return text.hasPrefix("0") ? UInt64(text, radix: 8) : UInt64(text)
    }

    func days(_ name: String) -> Int? { self[name].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 } }

    /// A mode is octal, with or without a 0 in front.
    func mode(_ name: String) -> UInt16? { self[name].flatMap { UInt16($0, radix: 8) }.map { $0 & 0o7777 } }

    /// `NAME_MIN` to `NAME_MAX`; the default where they are no range.
    func range(_ name: String, default fallback: ClosedRange<UInt32>) -> ClosedRange<UInt32> {
        func bound(_ end: String) -> UInt32? { number("\(name)_\(end)").flatMap { UInt32(exactly: $0) } }
        let lower = bound("MIN") ?? fallback.lowerBound, upper = bound("MAX") ?? fallback.upperBound
        return lower <= upper ? lower...upper : fallback
    }
}

/// /etc/default/useradd (useradd(8)).
struct UseraddDefaults: HostDocument {
    let bytes: [UInt8]
    private var values: [String: String] = [:]
    fileprivate private(set) var shell = "/bin/bash"
    fileprivate private(set) var homes: AbsolutePath?
    fileprivate private(set) var skeleton: AbsolutePath?
    fileprivate private(set) var graceDays: Int?
    fileprivate private(set) var expires: Int?

    init(parsing bytes: [UInt8]) {
        self.bytes = bytes
        for line in FileLine.lines(of: bytes).lines {
            let parts = line.text.utf8.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = String(parts[0]) else { continue }
            values[name] = String(Substring(parts[1])).trimmingEnd
        }
        shell = self["SHELL"] ?? shell
        homes = self["HOME"].flatMap { AbsolutePath($0) }
        skeleton = self["SKEL"].flatMap { AbsolutePath($0) }
        graceDays = self["INACTIVE"].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
        expires = self["EXPIRE"].flatMap { CivilDate($0)?.daysSinceEpoch }
    }

    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    func owner(_ name: String) -> Owner? {
        guard let text = self[name] else { return nil }
        return UInt32(text).map { .number($0) } ?? AccountName(text).map { .name($0) }
    }
}

extension String {
    /// Without white space at the end.
    fileprivate var trimmingEnd: String {
        String(
            Substring(
                utf8.prefix(utf8.count - utf8.reversed().prefix { $0 == 0x20 || (0x09...0x0D).contains($0) }.count)))
    }
}

extension AccountDefaults {
    /// Whether a number is one that useradd(8) gives to people.
    public func isPerson(_ uid: UInt32) -> Bool { uids.contains(uid) }
    public func isPeoples(group gid: UInt32) -> Bool { gids.contains(gid) }
}
