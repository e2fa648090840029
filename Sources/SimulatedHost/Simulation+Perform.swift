import SystemFiles
public import Model

extension Simulation {
    /// There is nothing that could be lost.
    public func makeDurable() {}

    public func perform(_ batch: StepBatch) -> [StepResult] {
        switch batch {
        case .files(let steps): results(of: steps) { (step) throws(HostFault) in try self.perform(step) }
        case .accounts(let edits):
            results(of: edits) { (edit) throws(HostFault) in
                let defaults = try AccountDefaults(reading: self)
                try self.changeAccounts { (database) throws(Refusal) in
                    try database.apply(edit, today: self.today, defaults: defaults, on: self.below)
                }
            }
        case .groupRemovals(let names):
            results(of: names) { (name) throws(HostFault) in
                try self.changeAccounts { (database) throws(Refusal) in try database.removeGroup(name) }
            }
        case .accountFiles(let steps):
            results(of: steps) { (step) throws(HostFault) in
                switch step {
                case .moveHome(let move): try self.move(move)
                case .changeOwnership(let change): self.ownershipChanges.append(change)
                case .endProcesses(let number): self.endedProcesses.insert(number)
                }
            }
        case .packages(let changes): results(of: changes) { (change) throws(HostFault) in try self.change(change) }
        case .services(let operations): results(of: operations) { self.operate($0) }
        case .commands(let runs):
            results(of: runs) { (run) throws(HostFault) in
                if let operation = run.operation { try self.perform(operation) }
            }
        // Nothing runs here that could answer.
        case .trials(let trials): results(of: trials) { _ in }
        case .storage(let steps):
            results(of: steps) { (step) throws(HostFault) in
                guard let disks = self.disks else { throw HostFault("change", "a disk", "this is no installation") }
                try disks.perform(step)
            }
        }
    }

    private func results<Step>(of steps: [Step], _ perform: (Step) throws(HostFault) -> Void) -> [StepResult] {
        steps.map { step in
            StepResult { () throws(HostFault) in
                try perform(step)
                return StepOutput()
            }
        }
    }

    private func operate(_ operation: ServiceOperation) {
        switch operation.action {
        case .start, .restart, .reload: services[operation.unit] = true
        case .stop: services[operation.unit] = false
        case .readUnits: break
        }
    }

    private func change(_ change: PackageChange) throws(HostFault) {
        guard let manager = try packageManager, var database = try packageDatabase else {
            throw HostFault(change.action.rawValue, change.name, "the host has no package manager that is known")
        }
        packages = nil  // keeps the storage unique, so that a change copies nothing
        database.apply(change)
        packages = (manager.database, database)
    }

    /// The entry with its body, from below where nothing was simulated yet; nil when nothing is there.
    func entry(at path: AbsolutePath) throws(HostFault) -> Entry? {
        let path = try place(of: path)
        if let entry = entries[path] { return entry }
        guard let status = try status(of: path) else { return nil }
        switch status.kind {
        case .directory: return .present(status, .directory)
        case .link: return .present(status, .link(try below.linkTarget(of: source(of: path))))
        case .file: return .present(status, .below(source(of: path)))
        case .device, .fifo, .socket: return .present(status, .content(.whole(Content(""))))
        }
    }

    func put(_ status: FileStatus, _ body: Body, at path: AbsolutePath) {
        // A link came or went.
        if case .link = body { forgetFolders() }
        if case .present(_, .link)? = entries[path] { forgetFolders() }
        forgetAbsence(below: path)
        entries[path] = .present(status, body)
        if status.kind != .directory, path.bringsPackages { hasNewSources = true }
        if let parent = path.parent { listings[parent, default: [:]][path.name] = true }
    }

    func checkParent(of path: AbsolutePath, _ operation: String) throws(HostFault) {
        guard let parent = path.parent else { return }
        guard let status = try status(of: parent) else {
            throw HostFault(operation, path.text, "the directory \(parent) does not exist", kind: .missing)
        }
        if status.kind == .directory { return }
        guard status.kind == .link else {
            throw HostFault(operation, path.text, "\(parent) is a \(status.kind.rawValue)")
        }
    }

    /// - Parameter present: what is there.
    func check(
        _ replaced: Replaced, at path: AbsolutePath, _ present: FileStatus?, _ operation: String
    ) throws(HostFault) {
        guard let status = present else { return }
        switch replaced {
        case .nothing: throw HostFault(operation, path.text, "a \(status.kind.rawValue) is already there")
        case .file:
            if status.kind != .file { throw HostFault(operation, path.text, "a \(status.kind.rawValue) is there") }
        case .anything:
            if status.kind == .directory, try entries(of: path)?.isEmpty == false {
                throw HostFault(operation, path.text, "the directory there is not empty")
            }
        }
    }

    /// Refuses what the real host refuses in a directory of root's below one of somebody else's.
    func checkKept(_ path: AbsolutePath, _ wanted: FileStatus, _ present: FileStatus?) throws(HostFault) {
        guard Enclave.givesAway(owner: wanted.owner, wanted.permissions, present), let parent = path.parent else {
            return
        }
        if try isEnclave(parent) { throw Enclave.fault(path) }
    }

    private func isEnclave(_ path: AbsolutePath) throws(HostFault) -> Bool {
        guard let status = try status(of: path), status.kind == .directory, status.owner == 0 else { return false }
        guard let parent = path.parent else { return false }
        if try isEnclave(parent) { return true }
        if status.permissions.bits & 0o022 != 0 { return false }
        return try isSomebodys(parent)
    }

    private func isSomebodys(_ path: AbsolutePath) throws(HostFault) -> Bool {
        var place: AbsolutePath? = path
        while let directory = place {
            if let status = try status(of: directory), status.kind == .directory, status.owner != 0 { return true }
            place = directory.parent
        }
        return false
    }

    func apply(_ attributes: Attributes, to status: inout FileStatus) throws(HostFault) {
        if let owner = attributes.owner { status.owner = try number(owner, kind: .user) }
        if let group = attributes.group { status.group = try number(group, kind: .group) }
        if let mode = attributes.mode {
            status.permissions = mode.applied(to: status.permissions, isDirectory: status.kind == .directory)
        }
    }

    private func number(_ owner: Owner, kind: AccountKind) throws(HostFault) -> UInt32 {
        if case .number(let number) = owner { return number }
        if case .name(.root) = owner { return 0 }
        let local: UInt32? =
            if accounts != nil { kind == .group ? accounts?.gid(of: owner) : accounts?.uid(of: owner) } else {
                try AccountDatabase.number(of: owner, kind: kind, on: self)
            }
        if let local { return local }
        if case .name(let name) = owner,
            let number = try kind == .group ? gid(of: name) : account(owner)?.uid
        {
            return number
        }
        throw HostFault(
            "find", "\(kind.fileWord) \(owner)", "there is no such \(kind.noun)",
            kind: .missing)
    }

    func currentAccounts() throws(HostFault) -> AccountDatabase {
        if let accounts { return accounts }
        return try AccountDatabase(reading: self)
    }

    private func changeAccounts(_ change: (inout AccountDatabase) throws(Refusal) -> Void) throws(HostFault) {
        var database = try currentAccounts()
        accounts = nil  // keeps the storage unique, so that an edit copies nothing
        defer { accounts = database }
        do throws(Refusal) {
            try change(&database)
        } catch {
            throw HostFault("change", "the accounts", error.reason)
        }
    }
}
