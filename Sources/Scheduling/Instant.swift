import Model

/// A moment on the real-time clock, in milliseconds since 1970-01-01T00:00:00Z.
public struct Instant: Sendable, Hashable, Comparable {
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The beginning of a second; seconds that no year up to some 290 million holds are clamped.
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        milliseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// The whole second that holds the moment.
    public var seconds: Int64 {
        let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The moment `milliseconds` later, clamped at the ends of the range.
    public func advanced(byMilliseconds milliseconds: Int64) -> Instant {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        return Instant(milliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// The moment `seconds` later.
    public func advanced(bySeconds seconds: Int64) -> Instant {
        advanced(byMilliseconds: Instant(seconds: seconds).milliseconds)
    }
}

extension Instant {
    /// Reads RFC 3339, such as `2026-03-29T02:30:00+01:00`; a space may stand for the `T`.
    ///
    /// - Parameter roundingUp: whether a part of a millisecond counts as a whole millisecond instead of zero.
    public init?(_ text: String, roundingUp: Bool = false) {
        guard let moment = Timestamp(text.replacing(" ", with: "T", maxReplacements: 1)) else { return nil }
        let fraction = moment.nanoseconds + (roundingUp ? 999_999 : 0)
        milliseconds = moment.seconds * 1000 + Int64(fraction / 1_000_000)
    }

    /// The moment in RFC 3339 with the offset of a zone; `Z` in universal time, milliseconds where there are any.
    public func text(in zone: ScheduleZone = .utc) -> String {
        let rest = Int(milliseconds - seconds * 1000)
        let fraction = rest == 0 ? "" : "." + String(1000 + rest).dropFirst()
        return Timestamp.text(
            seconds: seconds, fraction: fraction, offset: zone.isUTC ? nil : zone.offset(at: seconds))
    }
}
