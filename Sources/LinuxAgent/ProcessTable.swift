import Agent
import SystemCalls

/// Processes of earlier agents in /proc (proc(5)).
enum ProcessTable {
    /// Whether a process still runs; one that has ended and waits for its parent does not.
    static func isAlive(_ process: ProcessIdentity) -> Bool {
        guard let record = ProcessRecord(of: process.number), record.state != "Z" else { return false }
        return record.startTicks == process.start
    }

    /// The processes that have RUN_ID in their environment, by its value: those of runs whose keeper is gone.
    static func processesByRun() -> [String: ProcessIdentity] {
        var found: [String: ProcessIdentity] = [:]
        for name in (try? DirectoryListing(of: "/proc"))?.names ?? [] {
            guard let number = Int32(name), let environment = try? LocalFiles.contents(of: "/proc/\(name)/environ")
            else { continue }
            for variable in environment.split(separator: 0) where variable.starts(with: "RUN_ID=".utf8) {
                guard let record = ProcessRecord(of: number) else { continue }
                found[String(decoding: variable.dropFirst(7), as: UTF8.self)] = ProcessIdentity(
                    number: number, start: record.startTicks)
            }
        }
        return found
    }
}
