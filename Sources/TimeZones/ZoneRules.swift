/// The offsets of one time zone, read from a TZif file (RFC 8536).
public struct ZoneRules: Sendable {
    private var transitions: [Int64] = []
    private var offsets: [Int] = []
    private var firstOffset = 0
    private var footer: ZoneFooter?

    /// Reads a TZif file of version 2 or later; nil when it is something else.
    public init?(tzif bytes: [UInt8]) {
        guard bytes.count >= 44, bytes.starts(with: Array("TZif".utf8)), bytes[4] >= 0x32 else { return nil }
        func count(_ index: Int, header: Int) -> Int { Self.integer(bytes, at: header + 20 + index * 4, width: 4) }
        // Header fields: isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt (§3.1).
        let shortBody =
            count(3, header: 0) * 5 + count(4, header: 0) * 6 + count(5, header: 0)
            + count(2, header: 0) * 8 + count(1, header: 0) + count(0, header: 0)
        let header = 44 + shortBody
        guard shortBody >= 0, header + 44 <= bytes.count else { return nil }
        let (times, types) = (count(3, header: header), count(4, header: header))
        let start = header + 44
        let typeStart = start + times * 9
        let footerStart =
            typeStart + types * 6 + count(5, header: header) + count(2, header: header) * 12
            + count(1, header: header) + count(0, header: header)
        guard times >= 0, types > 0, footerStart >= typeStart, footerStart <= bytes.count,
            typeStart + types * 6 <= bytes.count
        else { return nil }
        func offset(ofType type: Int) -> Int { Self.integer(bytes, at: typeStart + min(type, types - 1) * 6, width: 4) }
        for index in 0..<times {
            transitions.append(Int64(Self.integer(bytes, at: start + index * 8, width: 8)))
            offsets.append(offset(ofType: Int(bytes[start + times * 8 + index])))
        }
        firstOffset = offset(ofType: 0)
        let text = bytes[footerStart...].dropFirst().prefix { $0 != 0x0A }
        footer = ZoneFooter(String(decoding: text, as: UTF8.self))
    }

    private static func integer(_ bytes: [UInt8], at start: Int, width: Int) -> Int {
        guard start >= 0, start + width <= bytes.count else { return 0 }
        var value: UInt64 = 0
        for byte in bytes[start..<(start + width)] { value = value << 8 | UInt64(byte) }
        return width == 8 ? Int(Int64(bitPattern: value)) : Int(Int32(truncatingIfNeeded: value))
    }

    /// The offset from UTC, in seconds, at a moment in seconds since 1970.
    public func offset(at seconds: Int64) -> Int {
        guard let last = transitions.last, seconds < last else {
            return footer?.offset(at: seconds) ?? offsets.last ?? firstOffset
        }
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? firstOffset : offsets[low - 1]
    }
}

/// The rule for the time after the last transition, as POSIX writes it: `CST6CDT,M3.2.0,M11.1.0`.
struct ZoneFooter {
    private let standard: Int
    private let daylight: Int?
    private let start: Date?
    private let end: Date?

    private enum Day { case julian(Int), zeroBased(Int), weekday(month: Int, week: Int, day: Int) }
    private struct Date {
        let day: Day
        let time: Int
    }

    init?(_ text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let head = parts.first, !head.isEmpty else { return nil }
        var reader = DigitReader(head)
        guard Self.skipName(&reader), let west = Self.time(&reader) else { return nil }
        standard = -west
        guard Self.skipName(&reader) else {
            (daylight, start, end) = (nil, nil, nil)
            return
        }
        daylight = reader.isAtEnd ? standard + 3600 : Self.time(&reader).map { -$0 }
        guard parts.count == 3, let start = Self.date(parts[1]), let end = Self.date(parts[2]) else { return nil }
        (self.start, self.end) = (start, end)
    }

    private static func skipName(_ reader: inout DigitReader) -> Bool {
        if reader.take("<") {
            while let next = reader.next, next != UInt8(ascii: ">") { _ = reader.take(Unicode.Scalar(next)) }
            return reader.take(">")
        }
        var count = 0
        while let next = reader.next, (0x41...0x5A).contains(next & 0xDF) {
            _ = reader.take(Unicode.Scalar(next))
            count += 1
        }
        return count > 0
    }

    private static func number(_ reader: inout DigitReader) -> Int? {
        var value: Int?
        while let digit = reader.digit() { value = min((value ?? 0) * 10 + digit, 100_000) }
        return value
    }

    private static func time(_ reader: inout DigitReader) -> Int? {
        let isNegative = reader.take("-")
        if !isNegative { _ = reader.take("+") }
        guard var value = number(&reader).map({ $0 * 3600 }) else { return nil }
        if reader.take(":") { value += (number(&reader) ?? 0) * 60 }
        if reader.take(":") { value += number(&reader) ?? 0 }
        return isNegative ? -value : value
    }

    private static func date(_ text: Substring) -> Date? {
        var reader = DigitReader(text)
        let day: Day
        if reader.take("M") {
            guard let month = number(&reader), reader.take("."), let week = number(&reader), reader.take("."),
                let weekday = number(&reader), (1...12).contains(month), (1...5).contains(week), weekday < 7
            else { return nil }
            day = .weekday(month: month, week: week, day: weekday)
        } else if reader.take("J") {
            guard let number = number(&reader) else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(&reader) else { return nil }
            day = .zeroBased(number)
        }
        var time = 7200
        if reader.take("/") {
            guard let given = Self.time(&reader) else { return nil }
            time = given
        }
        return Date(day: day, time: time)
    }

    func offset(at seconds: Int64) -> Int {
        guard let daylight, let start, let end else { return standard }
        let year = CivilDay(seconds: seconds + Int64(standard)).year
        let from = Self.moment(of: start, year: year) - Int64(standard)
        let to = Self.moment(of: end, year: year) - Int64(daylight)
        let isDaylight = from < to ? (from..<to).contains(seconds) : !(to..<from).contains(seconds)
        return isDaylight ? daylight : standard
    }

    private static func moment(of date: Date, year: Int) -> Int64 {
        let first = CivilDay.days(year: year, month: 1, day: 1)
        let day: Int64
        switch date.day {
        case .zeroBased(let number): day = first + Int64(number)
        case .julian(let number):
            let isAfterLeapDay = number >= 60 && CivilDay.length(ofMonth: 2, year: year) == 29
            day = first + Int64(number - 1 + (isAfterLeapDay ? 1 : 0))
        case .weekday(let month, let week, let weekday):
            let monthStart = CivilDay.days(year: year, month: month, day: 1)
            let ahead = (weekday - CivilDay(seconds: monthStart * 86400).dayOfWeek + 7) % 7
            var number = 1 + ahead + (week - 1) * 7
            while number > CivilDay.length(ofMonth: month, year: year) { number -= 7 }
            day = monthStart + Int64(number - 1)
        }
        return day * 86400 + Int64(date.time)
    }
}
