import TimeZones

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
    /// - Parameter roundingUp: what is below the millisecond counts as a whole one instead of none.
    public init?(_ text: String, roundingUp: Bool = false) {
        var reader = DigitReader(text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2), year >= 1, (1...12).contains(month), hour < 24, minute < 60, second < 60,
            (1...CivilDay.length(ofMonth: month, year: year)).contains(day)
        else { return nil }
        var fraction: Int32 = 0
        if reader.take(".") {
            guard let nanoseconds = reader.fraction() else { return nil }
            fraction = nanoseconds / 1_000_000 + (roundingUp && nanoseconds % 1_000_000 > 0 ? 1 : 0)
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = CivilDay.days(year: year, month: month, day: day)
        let seconds = days * 86400 + Int64(hour * 3600 + minute * 60 + second - offset)
        milliseconds = seconds * 1000 + Int64(fraction)
    }

    /// The moment in RFC 3339 with the offset of a zone; `Z` in universal time, milliseconds where there are any.
    public func text(in zone: ScheduleZone = .utc) -> String {
        let offset = zone.offset(at: seconds), local = seconds + Int64(offset)
        let date = CivilDay(seconds: local), time = Int(local - date.dayNumber * 86400)
        let digits = String(date.year)
        let year = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let clock = [time / 3600, time / 60 % 60, time % 60].map(Self.two).joined(separator: ":")
        let rest = Int(milliseconds - seconds * 1000)
        let fraction = rest == 0 ? "" : "." + (rest < 100 ? "0" : "") + Self.two(rest)
        var zoneText = "Z"
        if offset != 0 || !zone.isUTC {
            let size = abs(offset)
            zoneText = "\(offset < 0 ? "-" : "+")\(Self.two(size / 3600)):\(Self.two(size / 60 % 60))"
        }
        return "\(year)-\(Self.two(date.month))-\(Self.two(date.day))T\(clock)\(fraction)\(zoneText)"
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
