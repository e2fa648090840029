import Scheduling

/// A cron expression made at random together with what each of its fields means, told in the plainest way.
public struct PlainExpression: Sendable {
    public var text: String
    public var isWild: Bool
    var seconds: Set<Int>
    var minutes: Set<Int>
    var hours: Set<Int>
    var months: Set<Int>
    /// nil: any.
    var day: (@Sendable (PlainDate) -> Bool)?
    var weekday: (@Sendable (PlainDate) -> Bool)?
    var needsBoth: Bool

    /// Whether only whole minutes can match.
    public var isOfMinutes: Bool { seconds == [0] }

    /// Whether a local time matches.
    public func matches(_ date: PlainDate, hour: Int, minute: Int, second: Int) -> Bool {
        guard seconds.contains(second), minutes.contains(minute), hours.contains(hour) else { return false }
        return matches(date)
    }

    public func matches(_ date: PlainDate) -> Bool {
        guard months.contains(date.month) else { return false }
        switch (day, weekday) {
        case (nil, nil): return true
        case (let day?, nil): return day(date)
        case (nil, let weekday?): return weekday(date)
        case (let day?, let weekday?):
            return needsBoth ? day(date) && weekday(date) : day(date) || weekday(date)
        }
    }
}

/// A date counted up day by day, without any formula of the code under test.
public struct PlainDate: Sendable, Equatable {
    public var year: Int, month: Int, day: Int
    /// 0 is Sunday.
    public var weekday: Int

    /// 2000-01-01, a Saturday.
    public static let first = PlainDate(year: 2000, month: 1, day: 1, weekday: 6)
    public static let firstDayNumber: Int64 = 10_957

    public var length: Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    public var following: PlainDate {
        var next = self
        next.weekday = (weekday + 1) % 7
        next.day += 1
        if next.day > length {
            next.day = 1
            next.month += 1
            if next.month > 12 { (next.month, next.year) = (1, year + 1) }
        }
        return next
    }

    /// The weekday of another day of the month.
    func weekday(of other: Int) -> Int { ((weekday + other - day) % 7 + 35) % 7 }

    /// The weekday (Monday to Friday) nearest to a day, in the same month.
    func nearestWeekday(to target: Int) -> Int {
        for distance in 0...2 {
            for candidate in [target - distance, target + distance]
            where (1...length).contains(candidate) && (1...5).contains(weekday(of: candidate)) {
                return candidate
            }
        }
        return target
    }

    /// All dates from 2000-01-01 to 2038-12-31 by their position.
    public static let calendar: [PlainDate] = {
        var dates = [first]
        while let last = dates.last, last.year < 2039 { dates.append(last.following) }
        return dates
    }()
}
