import CShim
import Glibc

/// The clocks of the machine (clock_gettime(2)).
public enum SystemClock {
    /// Nanoseconds since 1970-01-01 00:00 UTC; somebody may set this clock.
    public static var nanoseconds: Int { value(of: CLOCK_REALTIME) }
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public static var milliseconds: Int64 { Int64(nanoseconds / 1_000_000) }
    /// Seconds since 1970-01-01 00:00 UTC.
    public static var seconds: Int64 { Int64(nanoseconds / 1_000_000_000) }
    /// Days since 1970-01-01.
    public static var today: Int { Int(seconds / 86400) }
    /// Nanoseconds that only go forward, for measuring.
    public static var monotonicNanoseconds: UInt64 { UInt64(value(of: CLOCK_MONOTONIC)) }
    /// Names this boot of the machine; empty where nobody can tell.
    public static var bootID: String {
        guard let bytes = try? LocalFiles.contents(of: "/proc/sys/kernel/random/boot_id", limit: 100) else { return "" }
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }
    /// Milliseconds since the machine started, suspended time included.
    public static var bootMilliseconds: Int64 { Int64(value(of: CLOCK_BOOTTIME) / 1_000_000) }

    private static func value(of clock: clockid_t) -> Int {
        var now = timespec()
        clock_gettime(clock, &now)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }

    public static func sleep(milliseconds: Int) {
        var span = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        nanosleep(&span, nil)
    }
}
