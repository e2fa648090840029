/// A date of the proleptic Gregorian calendar.
public struct CivilDate: Sendable, Hashable, CustomStringConvertible {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Reads `2027-01-31`; nil for a date that does not exist.
    public init?(_ text: String) {
        var reader = DigitReader(text)
        guard let date = CivilDate(reading: &reader), reader.isAtEnd, date.year >= 1 else { return nil }
        self = date
    }

    init?(reading reader: inout DigitReader) {
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), (1...12).contains(month),
            (1...Self.length(ofMonth: month, year: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    /// The date of a day counted from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
    public init(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The date and the second of its day at a moment, in seconds since 1970-01-01.
    public static func clock(at seconds: Int64) -> (date: CivilDate, second: Int) {
        let seconds = Int(seconds), days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400
        return (CivilDate(daysSinceEpoch: days), seconds - days * 86400)
    }

    public var daysSinceEpoch: Int { Self.days(year: year, month: month, day: day) }

    /// Days since 1970-01-01 of a date.
    public static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    public static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// 0 for Sunday.
    public var dayOfWeek: Int { ((daysSinceEpoch + 4) % 7 + 7) % 7 }
    /// 0 for the first of January.
    public var dayOfYear: Int { daysSinceEpoch - Self.days(year: year, month: 1, day: 1) }

    public var description: String {
        let digits = String(year), zeros = String(repeating: "0", count: max(0, 4 - digits.count))
        return "\(zeros)\(digits)-\(Timestamp.two(month))-\(Timestamp.two(day))"
    }
}
