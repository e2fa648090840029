import Values

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
            if !reader.isAtEnd || parts.count > 1 { return nil }
            return
        }
        daylight = reader.isAtEnd ? standard + 3600 : Self.time(&reader).map { -$0 }
        guard reader.isAtEnd, parts.count == 3, let start = Self.date(parts[1]), let end = Self.date(parts[2]) else {
            return nil
        }
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
        // RFC 8536 §3.3.1 allows a week on either side.
        guard value <= 168 * 3600 else { return nil }
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
            guard let number = number(&reader), (1...365).contains(number) else { return nil }
            day = .julian(number)
        } else {
            guard let number = number(&reader), number <= 365 else { return nil }
            day = .zeroBased(number)
        }
        var time = 7200
        if reader.take("/") {
            guard let given = Self.time(&reader) else { return nil }
            time = given
        }
        return reader.isAtEnd ? Date(day: day, time: time) : nil
    }

    /// When the offset changes in a year, in the order of time.
    func transitions(in year: Int) -> [(time: Int64, offset: Int)] {
        guard let daylight, let start, let end else { return [] }
        let from = Self.moment(of: start, year: year) - Int64(standard)
        let to = Self.moment(of: end, year: year) - Int64(daylight)
        return from < to ? [(from, daylight), (to, standard)] : [(to, standard), (from, daylight)]
    }

    func offset(at seconds: Int64) -> Int {
        guard let daylight, let start, let end else { return standard }
        let year = CivilDate.clock(at: seconds + Int64(standard)).date.year
        let from = Self.moment(of: start, year: year) - Int64(standard)
        let to = Self.moment(of: end, year: year) - Int64(daylight)
        let isDaylight = from < to ? (from..<to).contains(seconds) : !(to..<from).contains(seconds)
        return isDaylight ? daylight : standard
    }

    private static func moment(of date: Date, year: Int) -> Int64 {
        let first = CivilDate.days(year: year, month: 1, day: 1)
        let day: Int
        switch date.day {
        case .zeroBased(let number): day = first + number
        case .julian(let number):
            let isAfterLeapDay = number >= 60 && CivilDate.length(ofMonth: 2, year: year) == 29
            day = first + number - 1 + (isAfterLeapDay ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let monthStart = CivilDate.days(year: year, month: month, day: 1)
            let ahead = (weekday - CivilDate(daysSinceEpoch: monthStart).dayOfWeek + 7) % 7
            var number = 1 + ahead + (week - 1) * 7
            while number > CivilDate.length(ofMonth: month, year: year) { number -= 7 }
            day = monthStart + number - 1
        }
        return Int64(day * 86400 + date.time)
    }
}
