import Model

/// One month of the calendar, as a search walks it.
struct CalendarMonth {
    var year: Int
    var month: Int
    var length: Int
    /// The day number of its first day, from 1970-01-01.
    var first: Int64

    init(holding day: Int64) {
        let date = CivilDate(daysSinceEpoch: Int(day))
        (year, month) = (date.year, date.month)
        length = CivilDate.length(ofMonth: month, year: year)
        first = day &- Int64(date.day &- 1)
    }

    var firstWeekday: Int {
        let weekday = Int((first &+ 4) % 7)
        return weekday < 0 ? weekday &+ 7 : weekday
    }

    mutating func advance() {
        first &+= Int64(length)
        (year, month) = month == 12 ? (year &+ 1, 1) : (year, month &+ 1)
        length = CivilDate.length(ofMonth: month, year: year)
    }

    mutating func retreat() {
        (year, month) = month == 1 ? (year &- 1, 12) : (year, month &- 1)
        length = CivilDate.length(ofMonth: month, year: year)
        first &-= Int64(length)
    }
}

/// Searches on the wall clock: moments are seconds since 1970-01-01T00:00:00 local time, without any zone.
///
/// No search takes more steps than the 2,760 months from 1970 to 2199.
extension CronSets {
    /// The first and the one after the last local second that any expression can match.
    static let firstLocal: Int64 = 0
    static let endLocal: Int64 = 7_258_118_400

    func days(of month: borrowing CalendarMonth) -> UInt64 {
        days(year: month.year, month: month.month, length: month.length, firstWeekday: month.firstWeekday)
    }

    /// The first match at or after `local` and before `limit`.
    func first(from local: Int64, before limit: Int64) -> Int64? {
        let local = max(local, Self.firstLocal), limit = min(limit, Self.endLocal)
        guard local < limit else { return nil }
        let day = local / 86400, time = Int(local % 86400)
        var month = CalendarMonth(holding: day)
        var bits = days(of: month) >> UInt64(day &- month.first &+ 1)
        if bits & 1 == 1, let found = firstTime(from: time) {
            let result = day &* 86400 &+ Int64(found)
            return result < limit ? result : nil
        }
        bits = (bits >> 1) << UInt64(day &- month.first &+ 2)
        while true {
            if bits != 0 {
                let day = month.first &+ Int64(bits.trailingZeroBitCount) &- 1
                let result = day &* 86400 &+ Int64(firstTime)
                return result < limit ? result : nil
            }
            month.advance()
            if month.first &* 86400 >= limit { return nil }
            bits = days(of: month)
        }
    }

    /// The last match before `limit` and at or after `local`.
    func last(from local: Int64, before limit: Int64) -> Int64? {
        let local = max(local, Self.firstLocal), limit = min(limit, Self.endLocal)
        guard local < limit else { return nil }
        let latest = limit &- 1, day = latest / 86400, time = Int(latest % 86400)
        var month = CalendarMonth(holding: day)
        let position = UInt64(day &- month.first &+ 1)
        var bits = days(of: month) & ((1 << (position &+ 1)) &- 1)
        if bits >> position & 1 == 1 {
            if let found = lastTime(through: time) {
                let result = day &* 86400 &+ Int64(found)
                return result >= local ? result : nil
            }
            bits &= ~(1 << position)
        }
        while true {
            if bits != 0 {
                let day = month.first &+ Int64(63 &- bits.leadingZeroBitCount) &- 1
                let result = day &* 86400 &+ Int64(lastTime)
                return result >= local ? result : nil
            }
            if month.first &* 86400 <= local { return nil }
            month.retreat()
            bits = days(of: month)
        }
    }

    /// How many matches there are at or after `local` and before `limit`.
    func count(from local: Int64, before limit: Int64) -> Int64 {
        let local = max(local, Self.firstLocal), limit = min(limit, Self.endLocal)
        guard local < limit else { return 0 }
        return count(before: limit, in: CalendarMonth(holding: limit / 86400), since: local)
            &- count(before: local, in: CalendarMonth(holding: local / 86400), since: local)
    }

    /// The matches from the beginning of the month that holds `start` up to `local`, which lies in `month`.
    private func count(before local: Int64, in month: CalendarMonth, since start: Int64) -> Int64 {
        let day = local / 86400, position = UInt64(day &- month.first &+ 1)
        let bits = days(of: month)
        var days = Int64((bits & ((1 << position) &- 1)).nonzeroBitCount)
        var current = CalendarMonth(holding: start / 86400)
        while current.first < month.first {
            days &+= Int64(self.days(of: current).nonzeroBitCount)
            current.advance()
        }
        let rest = bits >> position & 1 == 1 ? Int64(countTimes(before: Int(local % 86400))) : 0
        return days &* Int64(ticksPerDay) &+ rest
    }

    /// Whether a local second matches.
    func matches(_ local: Int64) -> Bool { first(from: local, before: local &+ 1) != nil }

    /// The first matching second of a day at or after `time`.
    func firstTime(from time: Int) -> Int? {
        if time <= firstTime { return firstTime }
        let hour = time / 3600, minute = time / 60 % 60, second = time % 60
        if hours >> UInt64(hour) & 1 == 1 {
            if minutes >> UInt64(minute) & 1 == 1 {
                let left = seconds >> UInt64(second)
                if left != 0 { return time &+ left.trailingZeroBitCount }
            }
            let left = minutes >> UInt64(minute &+ 1)
            if left != 0 {
                return hour &* 3600 &+ (minute &+ 1 &+ left.trailingZeroBitCount) &* 60
                    &+ seconds.trailingZeroBitCount
            }
        }
        let left = hours >> UInt64(hour &+ 1)
        guard left != 0 else { return nil }
        return (hour &+ 1 &+ left.trailingZeroBitCount) &* 3600 &+ firstTime % 3600
    }

    /// The last matching second of a day at or before `time`.
    func lastTime(through time: Int) -> Int? {
        if time >= lastTime { return lastTime }
        let hour = time / 3600, minute = time / 60 % 60, second = time % 60
        if hours >> UInt64(hour) & 1 == 1 {
            if minutes >> UInt64(minute) & 1 == 1 {
                let left = seconds & ((1 << UInt64(second &+ 1)) &- 1)
                if left != 0 { return time &- second &+ 63 &- left.leadingZeroBitCount }
            }
            let left = minutes & ((1 << UInt64(minute)) &- 1)
            if left != 0 { return hour &* 3600 &+ (63 &- left.leadingZeroBitCount) &* 60 &+ lastTime % 60 }
        }
        let left = hours & ((1 << UInt64(hour)) &- 1)
        guard left != 0 else { return nil }
        return (63 &- left.leadingZeroBitCount) &* 3600 &+ lastTime % 3600
    }

    /// How many matching seconds a day has before `time`.
    func countTimes(before time: Int) -> Int {
        let hour = time / 3600, minute = time / 60 % 60, second = time % 60
        var count = (hours & ((1 << UInt64(hour)) &- 1)).nonzeroBitCount &* ticksPerHour
        guard hours >> UInt64(hour) & 1 == 1 else { return count }
        count &+= (minutes & ((1 << UInt64(minute)) &- 1)).nonzeroBitCount &* seconds.nonzeroBitCount
        guard minutes >> UInt64(minute) & 1 == 1 else { return count }
        return count &+ (seconds & ((1 << UInt64(second)) &- 1)).nonzeroBitCount
    }
}
