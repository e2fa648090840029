import SystemFiles
public import Model

extension User {
    /// The account with what surrounds it.
    public struct Observed: Sendable {
        /// The account in the form of the declaration; nil when there is none.
        var user: User?
        /// The account as it is, with its groups.
        var entry: UserEntry?
        var groups: [AccountName] = []
        /// The host's defaults for new accounts.
        var defaults: AccountDefaults
        /// Whether its home shall be there.
        var managesHome: Bool
        var gid: UInt32?
        /// The object at the declared home.
        var home: AbsolutePath
        var homeExists: Bool
        /// Where the account's home was, if it is another path and there.
        var formerHome: AbsolutePath?
        var keys: KeyFile?
        /// The number of the declared primary group, where the account's files are to get it.
        var newGid: UInt32?
        /// How many files a changed uid or primary group re-owns; nil if neither changes or the number is not known.
        var ownedFileCount: Int?
        /// The primary group that a new account gets and that is there.
        var readyGroup: Owner?
        /// Where a mailbox is to be made: its directory is there and it is not.
        var mailbox: AbsolutePath?
        var hasMailGroup = false
        /// Who has the declared uid, if it is another account.
        var numberHolder: AccountName?
        /// Why the keys of an account that is to be locked cannot be read: the lock does not wait for them.
        var keyFault: String?
        /// Whether processes are ended with the account.
        var endsProcesses = false
        /// How many run although the account is to be locked.
        var processCount = 0
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard locked == true else { return try read(on: host) }
        do {
            return try read(on: host)
        } catch {
            // Who is to be locked owns what is in the home, and shall not be able to put the lock off.
            var bare = self
            (bare.authorizedKeys, bare.manageHome) = (nil, false)
            var observed = try bare.read(on: host)
            observed?.keyFault = (error as? HostFault)?.text ?? (error as? Refusal)?.reason ?? "\(error)"
            return observed
        }
    }

    private func read(on host: some HostReading) throws -> Observed? {
        let accounts = try AccountDatabase(reading: host)
        let entry = accounts.user(name), defaults = try AccountDefaults(reading: host)
        let home = self.home ?? entry?.home ?? defaults.home(of: name)
        let managesHome = manageHome ?? (system != true && defaults.makesHomes)
        var observed = Observed(
            user: nil, defaults: defaults, managesHome: managesHome, gid: entry?.gid, home: home, homeExists: false)
        if managesHome || authorizedKeys != nil {
            let status = try host.status(of: home)
            try status?.mustBe(.directory, at: home)
            observed.homeExists = status != nil
        }
        if let former = entry?.home, former != home, try host.status(of: former)?.kind == .directory {
            observed.formerHome = former
        }
        if let uid, let holder = accounts.user(number: uid)?.name, holder != name { observed.numberHolder = holder }
        guard let entry else {
            if authorizedKeys != nil { observed.keys = try KeyFile(of: newHolder(home: home), on: host) }
            observed.readyGroup = accounts.readyGroup(creating: name, defaults)
            if let box = defaults.mailboxes?.appending(name.text), let folder = box.parent,
                try host.status(of: folder)?.kind == .directory, try host.status(of: box) == nil
            {
                observed.mailbox = box
                observed.hasMailGroup = AccountName("mail").flatMap { accounts.gid(of: .name($0)) } != nil
            }
            return observed
        }
        (observed.entry, observed.groups) = (entry, accounts.groups(of: name))
        if let uid, uid != entry.uid, renumber == true {
            let probe = Probe.ownedFiles(number: entry.uid, kind: .user)
            if case .count(let count) = try host.answer(to: probe) { observed.ownedFileCount = count }
        }
        if let group, renumber == true, let gid = try number(of: group, on: host), gid != entry.gid {
            observed.newGid = gid
            let probe = Probe.ownedFiles(number: entry.gid, kind: .group, of: entry.uid)
            if observed.ownedFileCount == nil, case .count(let count) = try host.answer(to: probe) {
                observed.ownedFileCount = count
            }
        }
        observed.endsProcesses = processes == .end && host.isRunning && name != .root
        // A question to each process of the host: not for those who stay.
        if observed.endsProcesses, locked == true,
            case .count(let count) = try host.answer(to: .processes(of: entry.uid))
        {
            observed.processCount = count
        }
        observed.user = try present(entry, in: accounts, on: host)
        if authorizedKeys != nil, !observed.homeExists, managesHome, let former = observed.formerHome {
            // The keys move with the home.
            let holder = KeyHolder(entry, home: former, in: accounts)
            observed.keys = try KeyFile(of: holder, on: host).moved(from: former, to: home)
        } else if authorizedKeys != nil {
            observed.keys = try KeyFile(of: KeyHolder(entry, home: home, in: accounts), on: host)
        }
        return observed
    }

    /// The account as it will be.
    func newHolder(home: AbsolutePath) -> KeyHolder {
        var names = groups?.elements.map(\.text) ?? []
        if case .name(let name) = group ?? .name(name) { names.append(name.text) }
        return KeyHolder(name: name, uid: uid, gid: nil, home: home, groups: names)
    }

    private func number(of group: Owner, on host: some HostReading) throws(HostFault) -> UInt32? {
        switch group {
        case .name(let name): try host.gid(of: name)
        case .number(let number): number
        }
    }

    private func present(
        _ entry: UserEntry, in accounts: AccountDatabase, on host: some HostReading
    ) throws(HostFault) -> User {
        var user = User()
        user.name = name
        user.uid = entry.uid
        switch group {
        case .name(let wanted)?:
            let isSame = try host.gid(of: wanted) == entry.gid
            let name = isSame ? wanted : accounts.group(number: entry.gid)?.name
            user.group = name.map { .name($0) } ?? .number(entry.gid)
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

    /// What differs in the account's record.
    private func recordChanges(from observed: Observed?) -> [Change] {
        var special: [String: Change?] = ["authorized_keys": nil]
        if let groups, let present = observed?.user?.groups {
            special["groups"] = .some(groups.change("groups", from: present.elements, as: \.text))
        }
        return Self.propertyChanges(from: observed?.user, to: self, replacing: special)
    }

    public func changes(from observed: Observed?) -> [Change] {
        var changes = recordChanges(from: observed)
        if let observed, observed.managesHome, !observed.homeExists, !(home != nil && observed.user?.home != home) {
            changes.append(Change("home", from: nil, to: .text("\(observed.home) is made")))
        }
        if let count = observed?.ownedFileCount {
            changes.append(Change("files", from: nil, to: .text("\(count) are re-owned")))
        }
        if let count = observed?.processCount, count > 0 {
            changes.append(Change("processes", from: .text("\(count) run"), to: .text("none")))
        }
        if observed?.keyFault != nil { return changes }
        let present = observed?.user == nil ? nil : observed?.keys
        if let authorizedKeys, let change = keyChange(authorizedKeys, from: present) { changes.append(change) }
        return changes
    }

    private func keyChange(_ wanted: Membership<PublicKey>, from file: KeyFile?) -> Change? {
        guard let file else { return Change("authorized_keys", from: nil, to: wanted.shown) }
        if file.satisfies(wanted) { return nil }
        if let change = wanted.change(
            "authorized_keys", from: file.keys, strangers: file.strangers, as: { $0.line })
        {
            return change
        }
        // One key stands there with two sets of options.
        return Change("authorized_keys", from: .text(file.keys.map(\.line).joined(separator: ", ")), to: wanted.shown)
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        var steps: [Step] = []
        if let present = observed.user { try refuse(from: present, observed) }
        // Files and home first: where one of them fails, the account still says what there is to do.
        if let old = observed.user?.uid, let uid, old != uid {
            steps.append(.accountFiles(.changeOwnership(OwnershipChange(kind: .user, from: old, to: uid))))
        }
        if let old = observed.gid, let new = observed.newGid, let owner = uid ?? observed.user?.uid {
            steps.append(.accountFiles(.changeOwnership(OwnershipChange(kind: .group, from: old, to: new, of: owner))))
        }
        if let move = try homeMove(observed) { steps.append(.accountFiles(.moveHome(move))) }
        if observed.user == nil || !recordChanges(from: observed).isEmpty { steps.append(.accounts(.setUser(record))) }
        if observed.processCount > 0 { steps += endSteps(observed) }
        steps += homeSteps(observed) + mailboxSteps(observed)
        if observed.keyFault == nil, let authorizedKeys, differences(from: observed).contains(\.authorizedKeys) {
            steps += try keySteps(authorizedKeys, observed)
        }
        return steps
    }

    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        if authorizedKeys == nil { return [] }
        if let fault = observed?.keyFault {
            return ["its keys are left, with which nobody logs in while it is locked: \(fault)"]
        }
        return observed?.keys?.remarks ?? []
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
        group ?? observed.gid.map { .number($0) } ?? observed.readyGroup ?? .name(name)
    }

    private func homeSteps(_ observed: Observed) -> [Step] {
        var steps: [Step] = []
        let defaults = observed.defaults
        if observed.managesHome, !observed.homeExists, observed.formerHome == nil || observed.user == nil {
            let attributes = Attributes(
                owner: owner, group: ownGroup(observed), mode: FileMode(defaults.homePermissions))
            steps.append(
                .makeDirectory(
                    DirectoryCreation(
                        observed.home, attributes: attributes, skeleton: defaults.skeleton, makesParents: true)))
        }
        return steps
    }

    /// Behind the lock, so that nothing logs in again meanwhile.
    private func endSteps(_ observed: Observed) -> [Step] {
        guard observed.endsProcesses, let uid = observed.entry?.uid else { return [] }
        return [.accountFiles(.endProcesses(of: uid))]
    }

    /// The empty mailbox of a new account, where the host makes them (CREATE_MAIL_SPOOL).
    private func mailboxSteps(_ observed: Observed) -> [Step] {
        guard observed.user == nil, system != true, let box = observed.mailbox else { return [] }
        let group = observed.hasMailGroup ? AccountName("mail").map { Owner.name($0) } : ownGroup(observed)
        let mode = FileMode(Permissions(observed.hasMailGroup ? 0o660 : 0o600))
        let attributes = Attributes(owner: owner, group: group, mode: mode)
        return [.writeFile(FileWrite(box, content: Content(""), attributes: attributes, replaced: .nothing))]
    }

    /// The steps that bring the former home to the declared path, if there is a home to bring.
    private func homeMove(_ observed: Observed) throws(Refusal) -> HomeMove? {
        guard observed.managesHome, home != nil, let former = observed.formerHome, observed.user != nil else {
            return nil
        }
        if observed.homeExists {
            throw Refusal("the home \(former) would move to \(observed.home), where something is already")
        }
        return HomeMove(from: former, to: observed.home)
    }

    private func keySteps(_ keys: Membership<PublicKey>, _ observed: Observed) throws(Refusal) -> [Step] {
        let file = observed.keys ?? KeyFile(emptyIn: observed.home)
        guard observed.homeExists || observed.managesHome || !file.isInHome else {
            throw Refusal("the home \(observed.home) does not exist")
        }
        return try file.steps(.set(keys), owner: owner, group: ownGroup(observed))
    }

    /// An account goes whatever its owner made of the keys.
    public var undeclared: User {
        var user = self
        user.authorizedKeys = nil
        return user
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        if name == .root { throw Refusal("root is never removed") }
        return endSteps(observed) + [
            .remove(Removal(AbsolutePath.root.appending("var/spool/cron/crontabs/\(name)"), kind: .file)),
            .accounts(.removeUser(name)),
        ]
    }

    /// Files keep the number, which no other account shall get while they are there.
    public func remains(of observed: Observed, on host: some HostReading) throws -> [String] {
        guard let uid = observed.entry?.uid,
            case .count(let count) = try host.answer(to: .ownedFiles(number: uid, kind: .user)), count > 0
        else { return [] }
        return ["\(count) files on local file systems keep the number \(uid), those of the home among them"]
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
        isInHome = true
    }
}

/// The account's record; its password is a secret, and its keys are a file.
extension User: Restorable {
    public func former(_ observed: Observed?) -> User? {
        guard let observed, let entry = observed.entry else { return nil }
        var former = User()
        (former.name, former.manageHome, former.renumber, former.system) = (name, manageHome, renumber, system)
        former.uid = entry.uid
        // An undeclared primary group is a private one, which comes and goes with its account.
        if group != nil { former.group = observed.user?.group }
        former.groups = .exactly(observed.groups)
        (former.comment, former.home, former.shell) = (entry.comment, entry.home, entry.shell)
        if entry.isLocked || entry.isUnlocked { former.locked = entry.isLocked }
        if !entry.isLocked { former.expires = entry.expires }
        former.minAge = entry.minimumAge.map { Days($0) }
        former.maxAge = entry.maximumAge.map { Days($0) }
        former.warnAge = entry.warningAge.map { Days($0) }
        return former
    }
}
