import Engine
import SystemFiles
import LinuxHost
import Model
import Resources
import SimulatedHost
import SystemCalls

/// Who can get in, now and after a plan.
extension HostSession {
    /// Tells a plan how it changes who can get in, where something that it touches bears on that.
    func judgeAccess(of plan: inout Plan, _ simulation: Simulation, _ state: any StateReading) throws {
        // By index: a loop over the resources would copy each of them.
        if plan.resources.indices.allSatisfy({ plan.resources[$0].steps.isEmpty }) { return }
        var scope = try AccessScope(reading: simulation, before: host)
        plan.bearingOnAccess = plan.resources.indices.filter { scope.concerns(plan.resources[$0].steps) }
            .map { plan.resources[$0].address }
        if plan.bearingOnAccess.isEmpty { return }
        var before = try Access(reading: host, today: SystemClock.today)
        before.attribute(to: try state.ledger())
        plan.access = AccessDifference(from: before, to: try access(after: plan, simulation))
    }

    /// Who can get in when a plan has been performed.
    private func access(after plan: Plan, _ simulation: Simulation) throws -> Access {
        var removed: Set<String> = []
        for index in plan.resources.indices {
            for step in plan.resources[index].steps {
                guard case .package(let change) = step, [.remove, .purge].contains(change.action) else { continue }
                removed.insert(change.name)
            }
        }
        // A server that is stopped, or not started at the next boot, is as good as gone.
        if SshdUnits.serve(on: host), !SshdUnits.serve(on: simulation) { removed.insert("openssh-server") }
        var access = try Access(reading: simulation, today: SystemClock.today, without: removed)
        access.attribute(to: plan.catalog.declarations)
        return access
    }

    /// Who can get in: now, or when a catalog has been applied.
    func access(after catalog: Catalog?) throws -> Access {
        let state = try pastState()
        return try Terminal.reportingFaults {
            guard let catalog else {
                var access = try Access(reading: host, today: SystemClock.today)
                access.attribute(to: try state.ledger())
                return access
            }
            let simulation = Simulation(over: host, today: SystemClock.today)
            let plan = try Planner(catalog, on: simulation, state: state, types: Registry.all).plan()
            var access = try access(after: plan, simulation)
            let open = plan.resources.filter { $0.action == .unknown }.map(\.address.description)
            if !open.isEmpty {
                let names =
                    open.prefix(5).joined(separator: ", ") + (open.count > 5 ? " and \(open.count - 5) more" : "")
                access.remarks.append("what comes of \(names) is not known before it is applied, and not in this list")
            }
            return access
        }
    }

    /// The hashes of the accounts that steps may change.
    func passwords(changedBy steps: [Step]) throws -> [String: String] {
        let accounts = try Terminal.reportingFaults { try AccountDatabase(reading: host) }
        var passwords: [String: String] = [:]
        for step in steps {
            guard case .accounts(let edit) = step, let name = edit.account, let user = accounts.user(name) else {
                continue
            }
            let field = user.password
            if user.hasPassword { passwords[name.text] = String(decoding: field.bytes, as: UTF8.self) }
        }
        return passwords
    }

    /// Gives accounts their hashes back, where they have others by now.
    ///
    /// - Returns: why some could not have them.
    func restore(_ passwords: [String: String]) -> [HostFault] {
        guard !passwords.isEmpty, let accounts = try? AccountDatabase(reading: host) else { return [] }
        let steps = passwords.sorted { $0.key < $1.key }.compactMap { name, hash -> Step? in
            guard let name = AccountName(name), let user = accounts.user(name),
                !user.password.bytes.elementsEqual(hash.utf8)
            else { return nil }
            var record = UserRecord(name: name)
            record.password = Content(hash, isSecret: true)
            return .accounts(.setUser(record))
        }
        return host.perform(steps).compactMap { if case .failure(let fault) = $0 { fault } else { nil } }
    }
}

extension AccountEdit {
    /// The account that it changes; nil for a group.
    fileprivate var account: AccountName? {
        switch self {
        case .setUser(let record): record.name
        case .removeUser(let name): name
        case .setGroup: nil
        }
    }
}
