import SystemFiles
public import Model

extension User: Importable {
    /// People's accounts, and root where keys log in as it.
    public static func addImports(from host: some HostReading, to findings: inout Findings<User>) throws {
        let accounts = try AccountDatabase(reading: host), defaults = try AccountDefaults(reading: host)
        for entry in accounts.users where defaults.isPerson(entry.uid) || entry.uid == 0 {
            var user = User()
            user.name = entry.name
            var comment: String?
            user.authorizedKeys = try keys(of: entry, accounts, host, &findings)
            if entry.uid == 0 {
                if entry.name != .root || user.authorizedKeys == nil { continue }
            } else {
                try user.describe(entry, accounts, defaults, on: host)
                if entry.hasPassword { comment = "its password is left out: `password: ${{ secret(...) }}`" }
            }
            findings.add(user, comment: comment)
        }
    }

    private static func keys(
        of entry: UserEntry, _ accounts: AccountDatabase, _ host: some HostReading, _ findings: inout Findings<User>
    ) throws -> Membership<PublicKey>? {
        guard let home = entry.home else { return nil }
        do {
            let file = try KeyFile(of: KeyHolder(entry, home: home, in: accounts), on: host)
            if !file.strangers.isEmpty { findings.omit("\(file.path): \(file.strangers.count) lines are no keys") }
            let refused = file.keys.count { $0.optionFault != nil }
            if refused > 0 {
                findings.omit("\(file.path): sshd does not know the options of \(refused) keys")
                return nil
            }
            return file.keys.isEmpty || !file.strangers.isEmpty ? nil : .exactly(file.keys)
        } catch let refusal as Refusal {
            findings.omit("the keys of \(entry.name): \(refusal.reason)")
            return nil
        }
    }

    /// What of an account is not as a new one would have it.
    private mutating func describe(
        _ entry: UserEntry, _ accounts: AccountDatabase, _ defaults: AccountDefaults, on host: some HostReading
    ) throws {
        uid = entry.uid
        if let own = accounts.group(number: entry.gid), own.name != name { group = .name(own.name) }
        let groups = accounts.groups(of: name)
        if !groups.isEmpty { self.groups = .exactly(groups) }
        if !entry.comment.isEmpty { comment = entry.comment }
        if let home = entry.home {
            if home != defaults.home(of: name) { self.home = home }
            if try host.status(of: home) == nil { manageHome = false }
        }
        shell = entry.shell
        if entry.isLocked { locked = true } else if entry.expires != .never { expires = entry.expires }
        if let days = entry.minimumAge, days != 0 { minAge = Days(days) }
        if let days = entry.maximumAge, days != 99999 { maxAge = Days(days) }
        if let days = entry.warningAge, days != 7 { warnAge = Days(days) }
    }
}

extension Group: Importable {
    /// The groups that people made, and the members of others that are no people.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Group>) throws {
        let accounts = try AccountDatabase(reading: host), defaults = try AccountDefaults(reading: host)
        let people = Set(accounts.users.filter { defaults.isPerson($0.uid) }.map(\.name))
        for entry in accounts.groups {
            var group = Group()
            group.name = entry.name
            let others = entry.members.filter { !people.contains($0) }
            if !others.isEmpty { group.members = .atLeast(others) }
            let isPrivate = accounts.user(entry.name)?.gid == entry.gid
            if defaults.isPeoples(group: entry.gid), !isPrivate { group.gid = entry.gid }
            if group.gid != nil || group.members != nil { findings.add(group) }
        }
    }
}
