import TimeZones

/// A cron expression as bit sets, ready for the search.
struct CronSets: Sendable {
    let seconds: UInt64
    let minutes: UInt64
    let hours: UInt64
    let months: UInt64
    /// Bits 1 to 31.
    private let days: UInt64
    /// Bit n: n days before the last.
    private let lastDays: UInt64
    private let nearestWeekdays: UInt64
    private let lastWeekdays: UInt64
    private let weekdays: UInt64
    /// Bit d * 6 + n.
    private let nthWeekdays: UInt64
    private let lastOfWeekdays: UInt64
    /// By the distance from 1970; nil for all.
    private let years: [Bool]?
    private let hasDays: Bool
    private let hasWeekdays: Bool
    private let isConjunction: Bool
    /// The first and the last second of the day that match.
    let firstTime: Int
    let lastTime: Int
    let ticksPerHour: Int
    let ticksPerDay: Int

    /// - Parameter expression: without `H`.
    init(_ expression: CronExpression) {
        func bits(_ unit: CronUnit) -> UInt64 {
            var bits: UInt64 = 0
            for item in expression[unit].items {
                switch item {
                case .all(let step):
                    for value in stride(from: unit.whole.lowerBound, through: unit.whole.upperBound, by: step) {
                        bits |= 1 << UInt64(value)
                    }
                case .range(let low, let high, let step):
                    for value in stride(from: low, through: high, by: step) {
                        bits |= 1 << UInt64(unit == .weekday ? value % 7 : value)
                    }
                default: continue
                }
            }
            return bits
        }
        seconds = bits(.second)
        minutes = bits(.minute)
        hours = bits(.hour)
        months = bits(.month)
        days = bits(.day)
        weekdays = bits(.weekday)
        var last: UInt64 = 0, nearest: UInt64 = 0, lastNear: UInt64 = 0, nth: UInt64 = 0, lastOf: UInt64 = 0
        for item in expression.day.items + expression.weekday.items {
            switch item {
            case .last(let before): last |= 1 << UInt64(before)
            case .nearestWeekday(let day): nearest |= 1 << UInt64(day)
            case .lastWeekday(let before): lastNear |= 1 << UInt64(before)
            case .nth(let weekday, let number): nth |= 1 << UInt64(weekday * 6 + number)
            case .lastOf(let weekday): lastOf |= 1 << UInt64(weekday)
            case .all, .range, .hash: continue
            }
        }
        (lastDays, nearestWeekdays, lastWeekdays, nthWeekdays, lastOfWeekdays) = (last, nearest, lastNear, nth, lastOf)
        var years = expression.year == .all ? [] : [Bool](repeating: false, count: CronUnit.year.range.count)
        for item in expression.year.items where !years.isEmpty {
            switch item {
            case .all(let step): for index in stride(from: 0, to: years.count, by: step) { years[index] = true }
            case .range(let low, let high, let step):
                for year in stride(from: low, through: high, by: step) { years[year - 1970] = true }
            default: continue
            }
        }
        self.years = expression.year == .all ? nil : years
        hasDays = expression.day.isRestricted
        hasWeekdays = expression.weekday.isRestricted
        isConjunction = expression.isConjunction
        firstTime =
            hours.trailingZeroBitCount * 3600 + minutes.trailingZeroBitCount * 60 + seconds.trailingZeroBitCount
        lastTime =
            (63 - hours.leadingZeroBitCount) * 3600 + (63 - minutes.leadingZeroBitCount) * 60
            + (63 - seconds.leadingZeroBitCount)
        ticksPerHour = minutes.nonzeroBitCount * seconds.nonzeroBitCount
        ticksPerDay = hours.nonzeroBitCount * ticksPerHour
    }

    /// The days of a month that match, as bits 1 to 31; nothing for a month that does not.
    ///
    /// - Parameter firstWeekday: of the month's first day, 0 for Sunday.
    func days(year: Int, month: Int, length: Int, firstWeekday: Int) -> UInt64 {
        guard months >> UInt64(month) & 1 == 1, year >= 1970, year <= 2199, years?[year - 1970] ?? true else {
            return 0
        }
        let all: UInt64 = (1 << UInt64(length + 1)) - 2
        if !hasDays, !hasWeekdays { return all }
        let byDay = hasDays ? matchingDays(length: length, firstWeekday: firstWeekday) : all
        guard hasWeekdays else { return byDay & all }
        let byWeekday = matchingWeekdays(length: length, firstWeekday: firstWeekday)
        if !hasDays { return byWeekday & all }
        return (isConjunction ? byDay & byWeekday : byDay | byWeekday) & all
    }

    private func matchingDays(length: Int, firstWeekday: Int) -> UInt64 {
        var result = days
        if lastDays != 0 {
            for before in 0..<length where lastDays >> UInt64(before) & 1 == 1 {
                result |= 1 << UInt64(length - before)
            }
        }
        if nearestWeekdays | lastWeekdays != 0 {
            for day in 1...length {
                let isWanted =
                    nearestWeekdays >> UInt64(day) & 1 == 1 || lastWeekdays >> UInt64(length - day) & 1 == 1
                guard isWanted else { continue }
                switch (firstWeekday + day - 1) % 7 {
                case 6: result |= 1 << UInt64(day > 1 ? day - 1 : day + 2)
                case 0: result |= 1 << UInt64(day < length ? day + 1 : day - 2)
                default: result |= 1 << UInt64(day)
                }
            }
        }
        return result
    }

    private func matchingWeekdays(length: Int, firstWeekday: Int) -> UInt64 {
        // Five weeks of the pattern, turned so that bit 1 is the month's first day.
        let week = (weekdays | weekdays << 7) >> UInt64(firstWeekday) & 0x7F
        var result = (week | week << 7 | week << 14 | week << 21 | week << 28) << 1
        if nthWeekdays | lastOfWeekdays != 0 {
            for weekday in 0..<7 {
                let first = 1 + (weekday - firstWeekday + 7) % 7
                for number in 1...5 where nthWeekdays >> UInt64(weekday * 6 + number) & 1 == 1 {
                    result |= 1 << UInt64(first + (number - 1) * 7)
                }
                if lastOfWeekdays >> UInt64(weekday) & 1 == 1 {
                    result |= 1 << UInt64(first + (length - first) / 7 * 7)
                }
            }
        }
        return result
    }
}
