import Glibc

/// The only place that asks what time it is.
public enum WallClock {
    /// Seconds since 1970-01-01 00:00 UTC.
    public static var seconds: Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }

    /// Nanoseconds since 1970-01-01 00:00 UTC.
    public static var nanoseconds: Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }

    /// Days since 1970-01-01.
    public static var today: Int { Int(seconds / 86400) }

    /// Nanoseconds that only go forward, for measuring.
    public static var monotonicNanoseconds: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
    }

    public static func sleep(milliseconds: Int) {
        var span = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        nanosleep(&span, nil)
    }
}
