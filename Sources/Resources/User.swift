import SystemFiles
public import Model

/// An account of the local databases, with its home and its keys.
public struct User: Resource, Removable {
    public var name = AccountName.root
    public var uid: UInt32?
    public var group: Owner?
    public var groups: Membership<AccountName>?
    public var comment: String?
    public var home: AbsolutePath?
    public var manageHome: Bool?
    public var shell: AbsolutePath?
    public var password: PasswordHash?
    public var locked: Bool?
    public var expires: Expiry?
    public var minAge: Days?
    public var maxAge: Days?
    public var warnAge: Days?
    public var system: Bool?
    public var authorizedKeys: Membership<PublicKey>?
    public var renumber: Bool?
    public var processes: Processes?

    public init() {}

    /// What becomes of processes with the account's rights where it is locked or gone.
    public enum Processes: String, FieldValue, CaseIterable {
        case keep, end
    }

    public static let typeName = "user"
    public static let doc = """
        An account of the local databases. Un-declaring removes one that Lodestar created only where the declaration \
        said `on_undeclare: remove`; its home stays.
        """
    public static let bearsData = true
    public static let fields: [Field<User>] = [
        Field("name", always: \.name, .key, doc: "The account.", examples: ["ops"]),
        Field("uid", \.uid, doc: "Its number; the next free one at creation.", examples: ["3000"]),
        Field(
            "group", \.group,
            doc: "The primary group; at creation a private group of the same name, or the one that login.defs says.",
            examples: ["users"]),
        Field(
            "groups", \.groups, doc: "The supplementary groups.", examples: ["{exactly: [sudo]}"],
            satisfies: { $0.isSatisfied(by: $1.elements) }),
        Field("comment", \.comment, doc: "The GECOS field.", examples: ["Operations"]),
        Field(
            "home", \.home,
            doc:
                "NAME below HOME of /etc/default/useradd (/home) at creation. A changed home is moved where the new path is free.",
            examples: ["/srv/ops"]),
        Field(
            "manage_home", \.manageHome, .parameter,
            doc:
                "Makes the home from /etc/skel; the default for accounts that are not `system`, unless login.defs says `CREATE_HOME no`.",
            examples: ["true"]),
        Field(
            "shell", \.shell, doc: "SHELL of /etc/default/useradd, else /bin/sh, at creation.", examples: ["/bin/bash"]),
        Field(
            "password", \.password, doc: "A crypt(3) hash, best from `secret()`; it is compared as text.",
            examples: ["\"$6$salt$hash\""]),
        Field(
            "locked", \.locked, doc: "Neither password nor key logs in: the hash is locked and the account expired.",
            examples: ["true"]),
        Field("expires", \.expires, doc: "The last day, or never.", examples: ["2030-12-31", "never"]),
        Field("min_age", \.minAge, doc: "Days before the password may be changed.", examples: ["1"]),
        Field("max_age", \.maxAge, doc: "Days after which it must be changed.", examples: ["90d"]),
        Field("warn_age", \.warnAge, doc: "Days of warning before that.", examples: ["14"]),
        Field(
            "system", \.system, .parameter,
            doc: "Takes a number of the system's (SYS_UID_MIN of login.defs) at creation and has no home by default.",
            examples: ["true"]),
        Field(
            "authorized_keys", \.authorizedKeys, doc: "The keys that may log in, whole public-key lines.",
            examples: ["{at_least: [ssh-ed25519 \(AuthorizedKey.sample) ana@bastion]}"]),
        Field(
            "renumber", \.renumber, .parameter,
            doc:
                "Lets an existing account change its number; its files on local file systems are re-owned, to a changed primary group too.",
            examples: ["true"]),
        Field(
            "processes", \.processes, .parameter,
            doc: """
                `end`: where the account is locked, what runs with its rights is ended on a running host, its sessions too, and \
                killed three seconds later; where it is removed, before. `keep` by default.
                """, examples: ["end"]),
    ]
    public static let examples = [
        """
        lodestar-law: {uid: 3999, groups: {exactly: [adm]}, comment: A law, shell: /bin/bash, locked: true, \
        authorized_keys: {exactly: [ssh-ed25519 \(AuthorizedKey.sample) ana@bastion]}}
        """,
        "lodestar-plain: {system: true, expires: 2030-12-31, max_age: 90}",
    ]

    var record: UserRecord {
        var record = UserRecord(name: name, isSystem: system == true, renumbers: renumber == true)
        record.uid = uid
        record.group = group
        record.groups = groups
        record.comment = comment
        record.home = home
        record.shell = shell
        record.password = password?.content
        record.isLocked = locked
        record.expires = expires
        record.minimumAge = minAge
        record.maximumAge = maxAge
        record.warningAge = warnAge
        return record
    }

    public var objects: [HostObject] {
        var objects: [HostObject] = [.user(name)]
        if let uid { objects.append(.accountNumber(uid)) }
        if authorizedKeys?.isExact == true { objects.append(.authorizedKeys(name)) }
        if groups?.isExact == true { objects.append(.groups(name)) }
        return objects + (groups?.elements.map { .membership($0, user: name) } ?? [])
    }

    public var provisions: [HostObject] {
        manageHome ?? (system != true) ? [.path(home ?? AbsolutePath.root.appending("home/\(name)"))] : []
    }

    public var needs: [Need] {
        var needs: [Need] = name == .root ? [] : AccountDefaults.files.map { Need(.path($0), "account defaults") }
        switch group {
        case .name(let group)?: needs.append(Need(.group(group), "primary group"))
        case .number(let gid)?: needs.append(Need(.groupNumber(gid), "primary group"))
        case nil: needs.append(Need(.group(name), "private group"))
        }
        needs += groups?.elements.map { Need(.group($0), "supplementary group") } ?? []
        if let home { needs += Need.ancestors(of: home) }
        if let shell { needs.append(Need(.path(shell), "shell")) }
        return needs
    }

    /// The home, made by this resource or not.
    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        let accounts = try AccountDatabase(reading: host), entry = accounts.user(name)
        let home = try self.home ?? entry?.home ?? AccountDefaults(reading: host).home(of: name)
        let holder = entry.map { KeyHolder($0, home: home, in: accounts) } ?? newHolder(home: home)
        let keys = authorizedKeys == nil ? [] : [try KeyFile.path(of: holder, on: host)]
        return declaredPaths + keys + (home == .root ? [] : [home])
    }

    public var problems: [Problem] {
        var problems: [Problem] = []
        if name == .root, uid.map({ $0 != 0 }) == true { problems.append(Problem(at: "uid", "root has the number 0")) }
        for (field, text) in [("comment", comment), ("home", home?.text), ("shell", shell?.text)] {
            if text.map({ $0.has(":") || $0.hasLineBreak }) == true {
                problems.append(Problem(field, "expected no `:` and no newline"))
            }
        }
        return problems + Problem.ofOptions(authorizedKeys?.elements ?? [], at: "authorized_keys")
    }
}

/// A crypt(3) hash. It is a secret wherever it came from.
public struct PasswordHash: Sendable, Hashable, FieldValue {
    public let content: Content

    public init(_ content: Content) {
        self.content = Content(content.bytes, isSecret: true)
    }

    public static var shape: Shape { .text(pattern: nil) }
    public static var acceptsSecrets: Bool { true }

    public init(decoding node: Node) throws(DecodingFault) {
        if let text = node.text, text.first == "!" {
            throw DecodingFault(
                at: node.place.withoutText, expected: "a crypt(3) hash", found: "a lock",
                hint: "`locked: true` locks the account; `password: \"*\"` is an account that no password opens")
        }
        guard let text = node.text, Self.isHash(text) else {
            throw DecodingFault(
                at: node.place.withoutText, expected: "a crypt(3) hash", found: "something else",
                hint: "make one with `openssl passwd -6`; clear text is never taken")
        }
        content = Content(text, isSecret: true)
    }

    /// `$id$...$hash`, or `*` for accounts without a password.
    private static func isHash(_ text: String) -> Bool {
        if text == "*" { return true }
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        let isClean = text.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 32 && $0 != ":" }
        return isClean && text.hasPrefix("$") && parts.count >= 4 && parts.dropFirst().allSatisfy { !$0.isEmpty }
    }

    public var rendered: Node.Content { content.rendered }
    public var shown: ShownText { .secret }
}
