import HostFiles
public import Model

extension User {
    /// The account with what surrounds it.
    public struct Observed: Sendable {
        /// The account in the form of the declaration; nil when there is none.
        var user: User?
        var gid: UInt32?
        /// What is at the declared home.
        var home: AbsolutePath
        var homeExists: Bool
        /// Where the account's home was, if it is another path and there.
        var formerHome: AbsolutePath?
        var keys: KeyFile?
        /// What a changed uid re-owns; nil where none changes or it cannot be told.
        var ownedFileCount: Int?
        /// Who has the declared uid, if it is another account.
        var numberHolder: AccountName?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        let accounts = try AccountDatabase(reading: host)
        let entry = accounts.user(name)
        let home = self.home ?? entry?.home ?? AbsolutePath.root.appending("home/\(name)")
        var observed = Observed(user: nil, gid: entry?.gid, home: home, homeExists: false)
        if managesHome || authorizedKeys != nil {
            let status = try host.status(of: home)
            try status?.mustBe(.directory, at: home)
            observed.homeExists = status != nil
        }
        if let former = entry?.home, former != home, try host.status(of: former)?.kind == .directory {
            observed.formerHome = former
        }
        if let uid, let holder = accounts.user(number: uid)?.name, holder != name { observed.numberHolder = holder }
        guard let entry else { return observed }
        if let uid, uid != entry.uid, renumber == true {
            let probe = Probe.ownedFiles(number: entry.uid, isGroup: false)
            if case .count(let count) = try host.answer(to: probe) { observed.ownedFileCount = count }
        }
        observed.user = present(entry, in: accounts)
        if authorizedKeys != nil, observed.homeExists { observed.keys = try KeyFile(home: home, of: entry, on: host) }
        return observed
    }

    private func present(_ entry: UserEntry, in accounts: AccountDatabase) -> User {
        var user = User()
        user.name = name
        user.uid = entry.uid
        switch group {
        case .name(let wanted)?:
            let names = accounts.gid(of: .name(wanted)) == entry.gid ? wanted : accounts.group(number: entry.gid)?.name
            user.group = names.map { .name($0) } ?? .number(entry.gid)
        case .number?, nil: user.group = .number(entry.gid)
        }
        if groups != nil { user.groups = .exactly(accounts.groups(of: name)) }
        user.comment = entry.comment
        user.home = entry.home
        user.shell = entry.shell
        user.password = PasswordHash(entry.password)
        user.locked = locked == true ? entry.isLocked : !entry.isUnlocked
        user.expires = locked == true ? expires : entry.expires
        user.minAge = entry.minimumAge.map { Days($0) }
        user.maxAge = entry.maximumAge.map { Days($0) }
        user.warnAge = entry.warningAge.map { Days($0) }
        return user
    }

    public func isPresent(in observed: Observed) -> Bool { observed.user != nil }

    public func changes(from observed: Observed?) -> [Change] {
        var changes = Self.fields.compactMap { field -> Change? in
            guard field.role == .property, field.name != "authorized_keys" else { return nil }
            return field.change(from: observed?.user, to: self)
        }
        if managesHome, let observed, !observed.homeExists, !(home != nil && observed.user?.home != home) {
            changes.append(Change("home", from: nil, to: .text("\(observed.home) is made")))
        }
        if let count = observed?.ownedFileCount {
            changes.append(Change("files", from: nil, to: .text("\(count) are re-owned")))
        }
        if let authorizedKeys, observed?.keys?.satisfies(authorizedKeys) != true {
            let present = observed?.keys.map { ($0.keys.map(\.line) + $0.strangers).joined(separator: ", ") }
            changes.append(Change("authorized_keys", from: present.map { .text($0) }, to: authorizedKeys.shown))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        let changes = changes(from: observed)
        let isNew = observed.user == nil
        var steps: [Step] = []
        if let present = observed.user { try refuse(from: present, observed) }
        // Files and home first: where one of them fails, the account still says what there is to do.
        if let old = observed.user?.uid, let uid, old != uid {
            steps.append(.changeOwnership(OwnershipChange(isGroup: false, from: old, to: uid)))
        }
        if let move = try homeMove(observed) { steps.append(.moveHome(move)) }
        if isNew
            || changes.contains(where: {
                $0.property != "authorized_keys" && $0.old != nil
                    || !["home", "authorized_keys", "files"].contains($0.property)
            })
        {
            steps.append(.editAccounts(.setUser(record)))
        }
        steps += homeSteps(observed)
        if let authorizedKeys, changes.contains(where: { $0.property == "authorized_keys" }) {
            steps += try keySteps(authorizedKeys, observed)
        }
        return steps
    }

    public func remarks(on host: some HostReading, before changes: [Change]) throws -> [String] {
        if authorizedKeys == nil { return [] }
        return try observe(on: host)?.keys?.problem.map { [$0] } ?? []
    }

    private func refuse(from present: User, _ observed: Observed) throws(Refusal) {
        if let uid, let holder = observed.numberHolder { throw Refusal("uid \(uid) is the number of \(holder)") }
        if let old = present.uid, let uid, old != uid, renumber != true {
            throw Refusal(
                "uid would change from \(old) to \(uid)", hint: "`renumber: true` changes it and re-owns the files")
        }
    }

    private var owner: Owner { .name(name) }

    private func ownGroup(_ observed: Observed) -> Owner {
        group ?? observed.gid.map { .number($0) } ?? .name(name)
    }

    private func homeSteps(_ observed: Observed) -> [Step] {
        guard managesHome, !observed.homeExists, observed.formerHome == nil || observed.user == nil else { return [] }
        return [
            .makeDirectory(
                DirectoryCreation(
                    observed.home,
                    attributes: Attributes(owner: owner, group: ownGroup(observed), mode: FileMode(Permissions(0o755))),
                    skeleton: AbsolutePath.root.appending("etc/skel"), makesParents: true))
        ]
    }

    /// What brings the former home to the declared path, if there is one to bring.
    private func homeMove(_ observed: Observed) throws(Refusal) -> HomeMove? {
        guard managesHome, home != nil, let former = observed.formerHome, observed.user != nil else { return nil }
        if observed.homeExists {
            throw Refusal("the home \(former) would move to \(observed.home), where something is already")
        }
        return HomeMove(from: former, to: observed.home)
    }

    private func keySteps(_ keys: Membership<PublicKey>, _ observed: Observed) throws(Refusal) -> [Step] {
        guard observed.homeExists || managesHome else { throw Refusal("the home \(observed.home) does not exist") }
        let file = observed.keys ?? KeyFile(emptyIn: observed.home)
        return file.steps(.set(keys), owner: owner, group: ownGroup(observed))
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        if name == .root { throw Refusal("root is never removed") }
        return [
            .remove(Removal(AbsolutePath.root.appending("var/spool/cron/crontabs/\(name)"), kind: .file)),
            .editAccounts(.removeUser(name)),
        ]
    }

    public func removalWithData(of observed: Observed) throws(Refusal) -> [Step] {
        var steps = try removal(of: observed)
        guard manageHome == true else { return steps }
        let mail = Removal(AbsolutePath.root.appending("var/mail/\(name)"), kind: .file)
        steps.insert(.remove(mail), at: 0)
        if let home = observed.user?.home, home != .root {
            steps.insert(.remove(Removal(home, kind: .directory, isRecursive: true)), at: 0)
        }
        return steps
    }
}

extension KeyFile {
    /// The file in a home that is about to be made.
    init(emptyIn home: AbsolutePath) {
        path = home.appending(".ssh/authorized_keys")
        hasFolder = false
    }
}
