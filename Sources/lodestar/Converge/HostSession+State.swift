import Engine
import LinuxHost
import Model
import OperatorFiles
import State
import SystemCalls

/// What a command needs that changes the host: its lock and its state.
extension HostSession {
    /// - Parameter command: who needs the lock.
    func lock(for command: String) throws -> ProcessLock {
        guard ThisProcess.isPrivileged else {
            Terminal.report("error: \(command) needs root's privileges")
            throw ExitStatus.noPrivilege
        }
        do {
            return try ProcessLock(root: root)
        } catch let held as ProcessLock.Held {
            let holder = held.process.map { "process \($0)" } ?? "another process"
            Terminal.report("error: expected no other run for \(root), found one: \(holder) holds the lock")
            throw ExitStatus.locked
        } catch let fault as HostFault {
            Terminal.report("error: \(fault.text)")
            throw ExitStatus.failure
        }
    }

    /// Takes away what a run that was killed left beside the files that it changed; the lock is held.
    func tidy(_ state: StateDatabase) throws {
        try Terminal.reportingFaults {
            let paths = try state.pathsOfKilledRun()
            if paths.isEmpty { return }
            host.removeRemains(beside: paths)
            try state.forgetKilledRun()
        }
    }

    /// Says what a site leaves that declares nothing for this host: it removes nothing.
    func warn(ofEmpty plan: Plan, _ state: any StateReading) throws {
        // A plan of what is in place holds no declarations.
        guard plan.catalog.declarations.isEmpty, plan.inPlaceCount == 0 else { return }
        let count = try Terminal.reportingFaults { try state.ledger().count { $0.custody != .released } }
        if count == 0 { return }
        Terminal.report(
            "warning: the site declares nothing for this host: what earlier runs left (\(count) objects) stays")
        Terminal.report("  hint: declare one thing that is to stay, and the others go")
    }

    func writableState() throws -> StateDatabase {
        LocalFiles.makePrivate(databasePath)
        return try Terminal.reportingFaults {
            try DatabaseFiles.check(databasePath)
            return try StateDatabase.opened(at: databasePath)
        }
    }
}
