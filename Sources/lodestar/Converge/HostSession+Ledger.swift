import Engine
import State
import SystemCalls

extension HostSession {
    /// What the ledger of the host has; nothing where there is none yet, and nothing is written.
    func ledger() throws -> [LedgerEntry] {
        guard LocalFiles.exists(databasePath) else { return [] }
        return try Terminal.reportingFaults {
            try DatabaseFiles.check(databasePath)
            return try StateDatabase.reading(databasePath).ledger()
        }
    }
}
