import CShim
import Glibc

/// A part of /proc/PID/stat (proc(5)).
public struct ProcessRecord {
    /// A letter, such as `Z` for one that has ended and waits for its parent.
    public let state: Substring
    /// When it began, in clock ticks since the machine did.
    public let startTicks: Int64

    /// nil where there is no such process, or no /proc.
    public init?(of process: Int32) {
        guard let bytes = try? LocalFiles.contents(of: "/proc/\(process)/stat", limit: 4096),
            let name = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(name + 1)...], as: UTF8.self).split { $0 == " " || $0 == "\n" }
        guard fields.count > 19, let ticks = Int64(fields[19]) else { return nil }
        (state, startTicks) = (fields[0], ticks)
    }

    /// When it began, in seconds since 1970.
    public var start: Int? {
        var sinceBoot = timespec()
        guard clock_gettime(CLOCK_BOOTTIME, &sinceBoot) == 0 else { return nil }
        return Int(SystemClock.seconds) - sinceBoot.tv_sec + Int(startTicks) / max(1, sysconf(Int32(_SC_CLK_TCK)))
    }

    /// How many processes have an account's number as their real, effective or saved one; those that have ended and
    /// wait for their parents do not count.
    public static func count(of user: UInt32) -> Int {
        (try? DirectoryListing(of: "/proc"))?.names.count { name in
            guard Int32(name) != nil, let bytes = try? LocalFiles.contents(of: "/proc/\(name)/status", limit: 1 << 16)
            else { return false }
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            guard let numbers = lines.first(where: { $0.hasPrefix("Uid:") }) else { return false }
            let isOver = lines.first { $0.hasPrefix("State:") }?.contains("Z") == true
            return !isOver && numbers.split(whereSeparator: \.isWhitespace).dropFirst().prefix(3).contains("\(user)")
        } ?? 0
    }
}
