/// Watches the real-time clock against the boot-time clock: tells whether it is plausible and whether it was set.
struct ClockWatch {
    /// No schedule runs earlier than 2026-01-01 00:00 UTC: a machine without a battery starts in 1970, or where its
    /// image was made.
    static let earliest: Int64 = 1_767_225_600_000
    /// Less than this is the slewing of NTP, no step; milliseconds.
    static let slew: Int64 = 500

    private var offset: Int64?

    static func isPlausible(_ now: Moment) -> Bool { now.wall >= earliest }

    /// How many milliseconds the clock was set forward since the last reading; negative for backward, 0 for not.
    mutating func step(to now: Moment) -> Int64 {
        let present = now.wall &- now.boot
        defer { offset = present }
        guard let offset else { return 0 }
        let step = present &- offset
        return abs(step) > Self.slew ? step : 0
    }
}
