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
}
