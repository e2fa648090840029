import Glibc
import SystemFiles
import Model

/// One transaction of apt for all changes.
extension Apt {
    /// If the transaction fails, each change is tried alone; what counts is what dpkg has in the end.
    func perform(_ changes: [PackageChange]) -> [StepResult] {
        state.predictions = [:]
        state.waited = .zero
        defer {
            state.predictions = [:]
            host.forgetAll()
        }
        let before = changes.map { presence(of: $0) }
        var faults: [Int: HostFault] = [:]
        for (index, change) in changes.enumerated() where change.action == .unhold {
            faults[index] = fault(mark, change)
        }
        var output = move(changes, &faults)
        let failed = Set(faults.keys.map { changes[$0].name })
        for (index, change) in changes.enumerated() {
            switch change.action {
            case .hold where !failed.contains(change.name): faults[index] = fault(mark, change)
            // A package that could not be brought to its version is held as it was before, and not at another version.
            case .hold where before[index].package?.isHeld == true: _ = fault(mark, change)
            case .purge where faults[index] == nil && presence(of: change).package?.hasRemains == true:
                faults[index] = fault({ (change) throws(HostFault) in output += try purgeRemains(change) }, change)
            case .hold, .unhold, .install, .upgrade, .remove, .purge: break
            }
        }
        return changes.indices.map { index in
            if let fault = faults[index] { return .failure(fault) }
            let isSkipped = changes[index].operand != nil && before[index] == presence(of: changes[index])
            return .success(StepOutput(text: output, isSkipped: isSkipped))
        }
    }

    /// Installs, upgrades and removes.
    private func move(_ changes: [PackageChange], _ faults: inout [Int: HostFault]) -> String {
        var output = "", moves: [Int] = [], hasFailed = false
        for index in changes.indices where changes[index].operand != nil {
            let package = presence(of: changes[index]).package
            if changes[index].action == .purge, package?.isOnHost != true { continue }
            if package?.isHalf == true {
                faults[index] = fault({ (change) throws(HostFault) in output += try mend(change) }, changes[index])
            } else {
                moves.append(index)
            }
        }
        do throws(HostFault) {
            if !state.hasRefreshed, moves.contains(where: { !changes[$0].action.isRemoval }), try areListsOutdated() {
                try refreshLists()
                try dropImpossible(changes, &moves, &faults)
            }
            // A name that only other packages provide may be there afterwards, and apt knows no such package.
            let named = moves.filter { !state.virtual.contains(changes[$0].name) }
            if !named.isEmpty { output += try transactRefreshing(named.map { changes[$0] }) }
        } catch {
            hasFailed = true
            if moves.count == 1 {
                if !isDone(changes[moves[0]], hasFailed) { faults[moves[0]] = withRefreshProblem(error) }
                return output
            }
        }
        for index in moves where !isDone(changes[index], hasFailed) {
            let alone = fault(
                { (change) throws(HostFault) in output += try transactRefreshing([change]) }, changes[index])
            if let alone, !isDone(changes[index], true) { faults[index] = withRefreshProblem(alone) }
        }
        return output
    }

    /// The plan could not know what the new lists lack: that fails, and takes no other along.
    private func dropImpossible(
        _ changes: [PackageChange], _ moves: inout [Int], _ faults: inout [Int: HostFault]
    ) throws(HostFault) {
        try predict(moves.map { changes[$0] })
        for index in moves {
            guard let problem = state.predictions[changes[index]]?.problem else { continue }
            let change = changes[index]
            faults[index] = withRefreshProblem(HostFault(change.action.rawValue, change.name, problem.reason))
        }
        moves.removeAll { faults[$0] != nil }
    }

    private func withRefreshProblem(_ fault: HostFault) -> HostFault {
        guard let problem = state.refreshProblem else { return fault }
        return HostFault(fault.operation, fault.object, "\(fault.reason) (\(problem))")
    }

    /// Of what dpkg has only a half apt says that it is the newest version, and removes nothing of it.
    private func mend(_ change: PackageChange) throws(HostFault) -> String {
        change.action.isRemoval ? try removeRemains(change) : try transact([change], isReinstallation: true)
    }

    /// A source from which a package has gone has newer lists.
    private func transactRefreshing(_ changes: [PackageChange]) throws(HostFault) -> String {
        do throws(HostFault) {
            return try transact(changes)
        } catch {
            guard !state.hasRefreshed, error.kind == .gone else { throw error }
            try refreshLists()
            return try transact(changes)
        }
    }

    private func fault(
        _ perform: (PackageChange) throws(HostFault) -> Void, _ change: PackageChange
    ) -> HostFault? {
        do throws(HostFault) {
            try perform(change)
            return nil
        } catch {
            return error
        }
    }

    /// The packages of a name in dpkg's database.
    private struct Presence: Equatable {
        var package: InstalledPackage?
        var providers: [InstalledPackage] = []
    }

    private func presence(of change: PackageChange) -> Presence {
        host.forgetAll()
        guard let database = try? host.packageDatabase else { return Presence() }
        let package = database.package(named: change.name)
        return Presence(package: package, providers: package == nil ? database.providers(of: change.name) : [])
    }

    /// Whether dpkg has a package as the change wants it.
    ///
    /// - Parameter hasFailed: whether its transaction failed; of an upgrade dpkg alone does not tell.
    private func isDone(_ change: PackageChange, _ hasFailed: Bool) -> Bool {
        if change.action == .upgrade, hasFailed { return false }
        let presence = presence(of: change)
        if change.action.isRemoval { return presence.package?.isOnHost != true }
        guard let package = presence.package else { return !presence.providers.isEmpty }
        return package.isInstalled && (change.version == nil || package.version == change.version)
    }

    private static let policy = Array("#!/bin/sh\n# Written by Lodestar while it installs packages.\nexit 101\n".utf8)

    /// In a root that is not running, maintainer scripts must not start services (policy-rc.d, invoke-rc.d(8)).
    func forbidServices() throws(HostFault) -> AbsolutePath? {
        let path = AbsolutePath.root.appending("usr/sbin/policy-rc.d")
        if host.isRunning { return nil }
        if let status = try host.status(of: path) {
            // A policy that a killed run left is Lodestar's; an administrator's stays.
            guard status.kind == .file else { return nil }
            return try host.contents(of: path, limit: 1 << 16) == Self.policy ? path : nil
        }
        let file = try host.prepare(
            WantedFile(
                path: path, content: .whole(Content(Self.policy)),
                attributes: Attributes(mode: FileMode(Permissions(0o755))),
                replaced: .nothing))
        try host.place(file)
        Glibc.close(file.descriptor)
        return path
    }
}
