/// A moment, to the nanosecond, between the years 1 and 9999.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// Nanoseconds after those seconds, below 1,000,000,000.
    public let nanoseconds: Int32

    private static let first: Int64 = -62_135_596_800
    private static let last: Int64 = 253_402_300_799

    /// Makes a moment; nil outside the years 1 to 9999.
    public init?(seconds: Int64, nanoseconds: Int32 = 0) {
        guard (Self.first...Self.last).contains(seconds), (0..<1_000_000_000).contains(nanoseconds) else { return nil }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// Reads `2009-02-13T23:31:30.5Z` (RFC 3339); nil for anything else.
    public init?(_ text: String) {
        var reader = DigitReader(text)
        guard let date = CivilDate(reading: &reader), reader.take("T") || reader.take("t"),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2), hour < 24, minute < 60, second < 60
        else { return nil }
        var nanoseconds: Int32 = 0
        if reader.take(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let time = hour * 3600 + minute * 60 + second - offset
        self.init(seconds: Int64(date.daysSinceEpoch * 86400 + time), nanoseconds: nanoseconds)
    }

    /// The moment in RFC 3339, in UTC, with as many decimals as needed.
    public var text: String { Self.text(seconds: seconds, fraction: Self.fraction(nanoseconds)) }

    /// RFC 3339 of a moment in seconds since 1970.
    ///
    /// - Parameters:
    ///   - fraction: what stands behind the seconds, with its point.
    ///   - offset: seconds east of Greenwich; nil for `Z`.
    public static func text(seconds: Int64, fraction: String = "", offset: Int? = nil) -> String {
        let (date, second) = CivilDate.clock(at: seconds + Int64(offset ?? 0))
        var zone = "Z"
        if let offset {
            zone = "\(offset < 0 ? "-" : "+")\(two(abs(offset) / 3600)):\(two(abs(offset) / 60 % 60))"
        }
        return "\(date)T\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))\(fraction)\(zone)"
    }

    /// Nanoseconds as `.123`, or nothing when they are zero.
    public static func fraction(_ nanoseconds: Int32) -> String {
        guard nanoseconds != 0 else { return "" }
        var digits = String(nanoseconds)
        digits = String(repeating: "0", count: 9 - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "." + digits
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
