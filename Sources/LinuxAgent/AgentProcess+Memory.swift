import Agent
import Glibc
import Model
import Scheduling
import State
import SystemCalls

/// The treatment of a database that cannot be used any more.
extension AgentProcess {
    /// Kept in a new database by the boot in which the old one was lost, until all is taken over.
    static let lostMark = "lost"

    /// Opens the database. A damaged one is put aside under a dated name: the host goes on, and what it had claimed is
    /// ambiguous.
    static func openedDatabase(_ settings: AgentSettings, bootID: String, _ log: Log) throws -> AgentDatabase {
        let path = settings.databasePath, limit = Int(clamping: settings.outputSize.bytes)
        if let objection = PathTrust.objection(to: path) { throw HostFault("use", path, objection) }
        let damage: String
        do {
            try DatabaseFiles.check(path)
            LocalFiles.makePrivate(path)
            let database = try AgentDatabase(path: path, outputLimit: limit)
            let history = AgentHistory(of: database)
            _ = try (history.openRuns(), history.jobs(), history.kept(lostMark))
            return database
        } catch let fault as StateFault where fault.isDamage {
            damage = fault.reason
        } catch let fault as HostFault {
            damage = fault.reason
        }
        let name = try putAside(path)
        log.write(
            .error, "\(path) is damaged (\(damage)); it is put aside as \(name), and what it had claimed is ambiguous")
        LocalFiles.makePrivate(path)
        let database = try AgentDatabase(path: path, outputLimit: limit)
        try database.keep(bootID, as: lostMark)
        return database
    }

    /// - Returns: the new name, with the time in it.
    private static func putAside(_ path: String) throws(HostFault) -> String {
        let time = Instant(milliseconds: RealClock.now.wall / 1000 * 1000).text().filter { $0 != ":" && $0 != "-" }
        var name = "\(path).damaged-\(time)", number = 1
        while LocalFiles.exists(name) {
            number += 1
            name = "\(path).damaged-\(time)-\(number)"
        }
        try DatabaseFiles.putAside(path, as: name)
        return name
    }

    /// A commit has found the database damaged: the program begins again in the same process, and opens another one.
    /// The keeper holds the runs meanwhile.
    func beginAnew() {
        isStopping = true
        do {
            let name = try Self.putAside(settings.databasePath)
            LocalFiles.makePrivate(settings.databasePath)
            let fresh = try AgentDatabase(path: settings.databasePath)
            try fresh.keep(bootID, as: Self.lostMark)
            fresh.close()
            log.write(
                .error, "\(settings.databasePath) is damaged; it is put aside as \(name), and the agent begins anew")
        } catch {
            return log.write(.error, "\(settings.databasePath) is damaged, and cannot be put aside: \(error)")
        }
        executeAnew()
    }

    /// Other settings count from here on: the same process begins again, and the keeper holds the runs meanwhile.
    func beginWithOtherSettings() {
        isStopping = true
        log.write(.notice, "the settings have changed: the agent begins anew")
        control.close()
        database.close()
        executeAnew()
    }

    private func executeAnew() {
        let arguments = CStrings(ThisProcess.arguments)
        execv(ThisProcess.programPath, arguments.mutablePointer)
        log.write(.error, "cannot begin anew: \(ErrorNumber.last.text)")
    }
}
