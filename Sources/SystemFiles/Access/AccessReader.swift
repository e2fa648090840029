public import Model

extension Access {
    /// Who can log in to a host and become root there, as its files tell.
    ///
    /// Costs a look at the keys of each account.
    ///
    /// - Parameters:
    ///   - today: days since 1970-01-01: accounts and keys expire.
    ///   - removed: packages whose programs are as good as gone.
    public init(reading host: some HostReading, today: Int, without removed: Set<String> = []) throws(HostFault) {
        var reader = try AccessReader(host: host, today: today, without: removed)
        try reader.read()
        self = reader.access
    }
}

/// Adds up what a host says about access.
struct AccessReader {
    let host: any HostReading
    let today: Int
    let accounts: AccountDatabase
    private let defaults: AccountDefaults
    /// nil where the host has no sshd.
    let sshd: SshdDirectives?
    /// nil where the host has no sudo.
    let sudo: SudoPolicy?
    let hostName: String
    /// Why nobody but root may log in.
    private let closure: AbsolutePath?
    let denials: PamDenials
    var access = Access()
    /// The shells that were looked at, each with whether it can be run.
    private var shells: [AbsolutePath: Bool] = [:]

    private static let etc = AbsolutePath.root.appending("etc")

    init(host: any HostReading, today: Int, without removed: Set<String>) throws(HostFault) {
        self.host = host
        self.today = today
        accounts = try AccountDatabase(reading: host)
        defaults = try AccountDefaults(reading: host)
        hostName = try host.ownName
        denials = PamDenials(reading: host)
        let hasSshd = try Self.has("usr/sbin/sshd", of: "openssh-server", without: removed, on: host)
        sshd = hasSshd ? try SshdDirectives(reading: host) : nil
        let hasSudo = try Self.has("usr/bin/sudo", of: "sudo", without: removed, on: host)
        sudo = hasSudo ? SudoPolicy(try Sudoers(reading: host)) : nil
        let nologin = [Self.etc.appending("nologin"), AbsolutePath.root.appending("run/nologin")]
        var closure: AbsolutePath?
        for path in nologin {
            if closure == nil, try host.status(of: path) != nil { closure = path }
        }
        self.closure = closure
    }

    /// Whether a program is there, or comes with a package.
    private static func has(
        _ program: String, of package: String, without removed: Set<String>, on host: any HostReading
    ) throws(HostFault) -> Bool {
        if removed.contains(package) { return false }
        if try host.status(of: AbsolutePath.root.appending(program)) != nil { return true }
        return try host.packageDatabase?.package(named: package)?.isOnHost == true
    }

    mutating func read() throws(HostFault) {
        access.accounts = Set(accounts.users.map(\.name.text))
        for user in accounts.users {
            let holder = KeyHolder(user, home: user.home ?? .root, in: accounts)
            let wayCount = access.ways.count
            let shellFlaw = try shellFlaw(of: user)
            for obstacle in [shellFlaw, closure(for: user), expiry(of: user)].compactMap(\.self) {
                note(obstacle, of: user)
            }
            if shellFlaw == nil, closure(for: user) == nil { try addLogins(of: user, holder) }
            addRoot(of: user, holder, canLogIn: access.ways.count > wayCount)
        }
        access.remarks += sudo?.remarks ?? []
        addProgramRemarks()
        addRemarks()
    }

    private func closure(for user: UserEntry) -> String? {
        user.uid == 0 ? nil : closure.map { "\($0) lets in nobody but root" }
    }

    /// Why PAM takes an account for ended; nil where it does not (pam_unix(8)).
    func expiry(of user: UserEntry) -> String? {
        guard let row = accounts.shadow?[user.name.text] else { return nil }
        if let day = row.expires, today >= day { return "the account has expired" }
        guard let changed = row.changed, changed > 0, let age = row.maximumAge, let grace = Int(row.grace), grace >= 0,
            today > changed + age + grace
        else { return nil }
        return "the password has expired, and its time of grace too"
    }

    /// Whether the password has to be changed first.
    func hasOldPassword(_ user: UserEntry) -> Bool {
        guard let row = accounts.shadow?[user.name.text], let changed = row.changed else { return false }
        return changed == 0 || row.maximumAge.map { today > changed + $0 } ?? false
    }

    /// The same of sshd without PAM, for which the day of the end still counts (auth-shadow.c of OpenSSH).
    func hasEnded(_ user: UserEntry) -> Bool {
        accounts.shadow?[user.name.text]?.expires.map { today > $0 } ?? false
    }

    /// Why an account's shell lets nobody in.
    private mutating func shellFlaw(of user: UserEntry) throws(HostFault) -> String? {
        let text = accounts.passwd[user.name.text]?.shell ?? ""
        guard let shell = AbsolutePath(text.isEmpty ? "/bin/sh" : text) else { return "its shell is `\(text)`" }
        if ["nologin", "false"].contains(shell.name) { return "its shell is \(shell)" }
        let runs = if let known = shells[shell] { known } else { try isExecutable(shell) }
        shells[shell] = runs
        return runs ? nil : "its shell \(shell) is not there, or no program"
    }

    private func isExecutable(_ path: AbsolutePath) throws(HostFault) -> Bool {
        var place: AbsolutePath? = path
        for _ in 0..<16 {
            guard let found = place, let status = try host.status(of: found) else { return false }
            guard status.kind == .link else { return status.kind == .file && status.permissions.bits & 0o111 != 0 }
            place = try found.parent?.target(ofLink: host.linkTarget(of: found))
        }
        return false
    }

    private mutating func addRoot(of user: UserEntry, _ holder: KeyHolder, canLogIn: Bool) {
        let name = user.name.text
        if user.name == .root {
            if hasPassword(user) || needsNoPassword(user), denials.reason("su", "auth", "account", "session") == nil {
                let detail = "root's \(needsNoPassword(user) ? "empty " : "")password, by su"
                access.ways.append(WayIn(name, .root, .su, detail, from: passwordSource(of: user)))
            }
            return
        }
        if user.uid == 0 {
            let source = WayIn.Source(
                AccountDatabase.Path.passwd, line: accounts.passwd.line(of: name), objects: [.user(user.name)])
            access.ways.append(WayIn(name, .root, .number, "its number is 0", from: source))
        }
        addSudo(of: user, holder, canLogIn: canLogIn)
        let members = accounts.groupNumbers(of: user.name)
        for group in holder.groups where Self.powerfulGroups.contains(group) {
            guard let groupName = AccountName(group), let gid = accounts.gid(of: .name(groupName)),
                members.contains(gid)
            else { continue }
            let source = WayIn.Source(
                AccountDatabase.Path.group, line: accounts.group.line(of: group),
                objects: [
                    .membership(groupName, user: user.name), .members(groupName), .groups(user.name), .user(user.name),
                    .group(groupName),
                ])
            access.ways.append(
                WayIn(name, .root, .group, "by the group \(group)", isFull: false, from: source))
        }
    }

    /// Groups whose members can make themselves root, by containers, raw disks or the hashes of passwords.
    private static let powerfulGroups: Set = [
        "docker", "lxd", "lxc", "incus-admin", "podman", "libvirt", "disk", "kmem", "shadow",
    ]

    private mutating func addSudo(of user: UserEntry, _ holder: KeyHolder, canLogIn: Bool) {
        guard let sudo, user.uid != 0 else { return }
        let grants = SudoGrants(
            sudo, for: holder, groupNumbers: accounts.groupNumbers(of: user.name), hostName: hostName)
        if grants.grants.isEmpty { return }
        if let reason = denials.reason("sudo", "account", "session") { return note("sudo: \(reason)", of: user) }
        let guarantor = grants.guarantor.map { AccountName($0).flatMap(accounts.user) } ?? user
        // sudo asks PAM whether the account is valid whose password it would ask for.
        guard let guarantor, expiry(of: guarantor) == nil else {
            if let name = grants.guarantor { note("sudo asks for the account \(name), which is not valid", of: user) }
            return
        }
        let isListed = canLogIn || hasPassword(user) || defaults.isPerson(user.uid)
        for grant in grants.grants {
            if grant.needsPassword, !hasPassword(guarantor), !needsNoPassword(guarantor) {
                guard isListed || !grant.isForAll else { continue }
                note("sudo asks for a password that it does not have (\(grant.rule.path):\(grant.rule.line))", of: user)
                continue
            }
            if grant.needsPassword, let reason = denials.reason("sudo", "auth") {
                note("sudo: \(reason)", of: user)
                continue
            }
            let whose = grants.guarantor.map { "\($0)'s" } ?? "its", empty = needsNoPassword(guarantor) ? " empty" : ""
            let condition = grant.needsPassword ? "with \(whose)\(empty) password" : "without a password"
            let but =
                grant.command == "ALL" && !grants.exclusions.isEmpty
                ? " but \(grants.exclusions.joined(separator: ", "))" : ""
            let detail = "sudo \(grant.command)\(but), \(condition)"
            guard isListed || !grant.isForAll else {
                remark("\(grant.rule.path):\(grant.rule.line): \(detail), is for accounts of the system too")
                continue
            }
            let groups = grant.rule.users.compactMap { item -> AccountName? in
                item.text.first == "%" ? AccountName(String(item.unquoted.dropFirst())) : nil
            }.filter { holder.groups.contains($0.text) }
            let path = grant.rule.path
            let objects: [HostObject] =
                [.path(path)] + groups.flatMap { [.membership($0, user: user.name), .members($0)] }
                + [.groups(user.name), .user(user.name)]
            access.ways.append(
                WayIn(
                    user.name.text, .root, .sudo, detail, isFull: grant.isFull,
                    from: WayIn.Source(path, line: grant.rule.line, objects: objects)))
        }
    }

    mutating func note(_ obstacle: String, of user: UserEntry) {
        if access.obstacles[user.name.text]?.contains(obstacle) == true { return }
        access.obstacles[user.name.text, default: []].append(obstacle)
    }

    private mutating func remark(_ text: String) {
        if !access.remarks.contains(text) { access.remarks.append(text) }
    }

    private func passwordField(of user: UserEntry) -> String {
        String(decoding: user.passwordField.bytes, as: UTF8.self)
    }

    /// Whether some password is right.
    func hasPassword(_ user: UserEntry) -> Bool {
        let field = passwordField(of: user)
        // crypt(5): the shortest hash has 13 characters.
        return field.utf8.count >= 13 && !field.hasPrefix("!") && !field.hasPrefix("*")
    }

    /// Whether no password is asked for.
    func needsNoPassword(_ user: UserEntry) -> Bool { passwordField(of: user).isEmpty }

    /// Whether its password is locked, which sshd without PAM takes for the account.
    func isPasswordLocked(_ user: UserEntry) -> Bool { passwordField(of: user).hasPrefix("!") }

    func passwordSource(of user: UserEntry) -> WayIn.Source {
        let line = accounts.shadow?.line(of: user.name.text)
        return WayIn.Source(
            line == nil ? AccountDatabase.Path.passwd : AccountDatabase.Path.shadow,
            line: line ?? accounts.passwd.line(of: user.name.text), objects: [.user(user.name)])
    }

    private mutating func addRemarks() {
        if let names = (try? host.document(NameServiceSwitch.self, at: Self.etc.appending("nsswitch.conf"))) ?? nil,
            names.hasOthers(.passwd)
        {
            access.remarks.append("accounts of other sources (nsswitch.conf) are not listed")
        }
        guard let sshd else { return }
        let bearing: Set = [
            "permitrootlogin", "passwordauthentication", "kbdinteractiveauthentication", "pubkeyauthentication",
            "authenticationmethods", "allowusers", "denyusers", "allowgroups", "denygroups", "authorizedkeysfile",
            "trustedusercakeys", "authorizedprincipalsfile", "permitemptypasswords", "forcecommand", "chrootdirectory",
        ]
        for directive in sshd.all {
            let place = "\(directive.path):\(directive.line)"
            let unclear = directive.conditions.first { !SshdSettings.isOfAccount($0) }
            if let unclear, bearing.contains(directive.words[0]) {
                access.remarks.append(
                    "\(place): \(directive.words[0]) for some connections (Match \(unclear.joined(separator: " "))) is not counted"
                )
            }
            if unclear == nil, ["authorizedkeyscommand", "authorizedprincipalscommand"].contains(directive.words[0]),
                directive.words.dropFirst().first?.lowercased() != "none"
            {
                access.remarks.append("\(place): what \(directive.words[1]) answers is not known")
            }
            if ["hostbasedauthentication", "gssapiauthentication", "kerberosauthentication"].contains(
                directive.words[0]),
                directive.words.dropFirst().first?.lowercased() == "yes"
            {
                access.remarks.append("\(place): who gets in by \(directive.words[0]) is not known")
            }
        }
    }
}
