import Model
public import TimeZones

/// A time zone prepared for schedules: its spans of constant offset, up to the end of the year 2200.
///
/// Load it once per name and share it: `ScheduleZone(name, file: bytes of /usr/share/zoneinfo/NAME)`.
public final class ScheduleZone: Sendable {
    /// The IANA name, `UTC`, or an offset such as `UTC+05:30`.
    public let name: String
    /// The wall-clock range of a span of constant offset.
    struct Span: Sendable {
        /// The first second of the span; `first` for the first one.
        var start: Int64
        /// The first second of the next span; `last` for the last one.
        var end: Int64
        var offset: Int64
        /// The latest local time that any earlier span reached: local times below it are a second pass.
        var reached: Int64
    }

    let spans: [Span]
    private let starts: [Int64]

    /// Moments are looked at between the years -2000 and 5900 only.
    static let first: Int64 = -125_000_000_000
    static let last: Int64 = 125_000_000_000

    /// Universal time, the default of every schedule.
    public static let utc = ScheduleZone("UTC", rules: .utc)

    /// Reads a TZif file (RFC 8536); nil if the bytes are not one.
    public convenience init?(_ name: String, file bytes: [UInt8]) {
        guard let rules = ZoneRules(tzif: bytes) else { return nil }
        self.init(name, rules: rules)
    }

    public init(_ name: String, rules: ZoneRules) {
        self.name = name
        let rules = rules.extended(through: 2200)
        var spans: [Span] = []
        var start = Self.first, offset = Int64(rules.firstOffset), reached = Int64.min
        for (time, next) in zip(rules.transitions, rules.offsets) where time > Self.first && time < Self.last {
            spans.append(Span(start: start, end: time, offset: offset, reached: reached))
            reached = max(reached, time + offset)
            (start, offset) = (time, Int64(next))
        }
        spans.append(Span(start: start, end: Self.last, offset: offset, reached: reached))
        self.spans = spans
        starts = spans.map(\.start)
    }

    /// Reads `UTC`, `Z`, `UTC+05:30` or `-03:00`, which need no file; nil for names.
    public convenience init?(fixed text: String) {
        if ["UTC", "Z", "GMT", "Etc/UTC", "Etc/GMT", "Zulu"].contains(text) {
            self.init(text == "Z" ? "UTC" : text, rules: .utc)
            return
        }
        var reader = DigitReader(text.hasPrefix("UTC") ? String(text.dropFirst(3)) : text)
        let isWest = reader.take("-")
        guard isWest || reader.take("+"), let hours = reader.number(2), reader.take(":"),
            let minutes = reader.number(2), reader.isAtEnd, hours < 24, minutes < 60
        else { return nil }
        self.init(text, rules: ZoneRules(fixedOffset: (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)))
    }

    var isUTC: Bool { spans.count == 1 && spans[0].offset == 0 }

    /// The index of the span that holds a moment.
    func span(at seconds: Int64) -> Int {
        starts.withUnsafeBufferPointer { starts in
            var (low, high) = (1, starts.count)
            while low < high {
                let middle = (low &+ high) / 2
                if starts[middle] <= seconds { low = middle &+ 1 } else { high = middle }
            }
            return low &- 1
        }
    }

    /// The offset from UTC, in seconds.
    public func offset(at seconds: Int64) -> Int { Int(spans[span(at: seconds)].offset) }

    /// When the offset changes, in seconds since 1970, ascending.
    public var transitions: [Int64] { spans.dropFirst().map(\.start) }
}
