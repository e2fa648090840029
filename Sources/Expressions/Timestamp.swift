import TimeZones

/// A moment, to the nanosecond, between the years 1 and 9999.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// Nanoseconds after those seconds, below 1,000,000,000.
    public let nanoseconds: Int32

    static let first: Int64 = -62_135_596_800
    static let last: Int64 = 253_402_300_799

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
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2), reader.take(":"),
            let second = reader.number(2), (1...12).contains(month), hour < 24, minute < 60, second < 60,
            (1...CivilDay.length(ofMonth: month, year: year)).contains(day)
        else { return nil }
        var nanoseconds: Int32 = 0
        if reader.take(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let days = CivilDay.days(year: year, month: month, day: day)
        self.init(seconds: days * 86400 + Int64(hour * 3600 + minute * 60 + second - offset), nanoseconds: nanoseconds)
    }

    /// The moment in RFC 3339, in UTC, with as many decimals as needed.
    public var text: String {
        let date = CivilDay(seconds: seconds)
        let time = Int(seconds - date.dayNumber * 86400)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let year = String(date.year)
        let paddedYear = String(repeating: "0", count: max(0, 4 - year.count)) + year
        let clock = "\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))"
        return "\(paddedYear)-\(two(date.month))-\(two(date.day))T\(clock)\(fractionText(nanoseconds))Z"
    }
}

/// A fraction of a second as `.123`, or nothing when it is zero.
func fractionText(_ nanoseconds: Int32) -> String {
    guard nanoseconds != 0 else { return "" }
    var digits = String(nanoseconds)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "." + digits
}
