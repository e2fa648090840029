import Agent
import Glibc
import LinuxHost
import SystemCalls

/// What /proc tells about processes of earlier agents (proc(5)).
enum ProcessTable {
    static var bootID: String {
        guard let bytes = try? LocalFiles.contents(of: "/proc/sys/kernel/random/boot_id", limit: 100) else { return "" }
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }

    /// Whether a process still runs; one that has ended and waits for its parent does not.
    static func isAlive(_ process: ProcessIdentity) -> Bool {
        guard let fields = fields(of: process.number), fields.count > 19, fields[0] != "Z" else { return false }
        return Int64(fields[19]) == process.start
    }

    /// The fields of /proc/PID/stat after the name, beginning with the state.
    private static func fields(of process: Int32) -> [Substring]? {
        guard let bytes = try? LocalFiles.contents(of: "/proc/\(process)/stat", limit: 4096),
            let name = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        return String(decoding: bytes[(name + 1)...], as: UTF8.self).split { $0 == " " || $0 == "\n" }
    }

    /// The processes that have RUN_ID in their environment, by its value: those of runs whose keeper is gone.
    static func processesByRun() -> [String: ProcessIdentity] {
        var found: [String: ProcessIdentity] = [:]
        for name in (try? DirectoryListing(of: "/proc"))?.names ?? [] {
            guard let number = Int32(name), let environment = try? LocalFiles.contents(of: "/proc/\(name)/environ")
            else { continue }
            for variable in environment.split(separator: 0) where variable.starts(with: "RUN_ID=".utf8) {
                guard let fields = fields(of: number), fields.count > 19, let start = Int64(fields[19]) else {
                    continue
                }
                found[String(decoding: variable.dropFirst(7), as: UTF8.self)] = ProcessIdentity(
                    number: number, start: start)
            }
        }
        return found
    }
}
