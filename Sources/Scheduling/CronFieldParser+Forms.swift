extension CronFieldParser {
    /// `~`, `a~`, `~b` or `a~b` of cronie, with a step; nil for anything else.
    mutating func drawn(from start: Int) throws(ScheduleError) -> CronItem? {
        guard text[start..<bounds.upperBound].prefix(while: { $0 != "," }).contains("~") else { return nil }
        func isEnd(_ character: Character?) -> Bool { character == nil || character == "," || character == "/" }
        let low = next == "~" ? nil : try value()
        guard take("~") else { throw error("`~`", from: position, to: position + 1) }
        let high = isEnd(next) ? nil : try value()
        var range = unit.hashed
        if low != nil || high != nil {
            let first = low ?? unit.whole.lowerBound, last = high ?? unit.whole.upperBound
            guard first <= last else { throw error("a range that runs upwards", from: start, to: position) }
            range = first...last
        }
        guard let step = try step(from: start, in: nil) else { return .hash(range, step: nil) }
        return .hash(range, step: min(step, range.count))
    }

    /// After `H`: bounds in brackets and a step.
    mutating func hash(from start: Int) throws(ScheduleError) -> CronItem {
        guard dialect.takesHash else { throw error(what, from: start, to: start + 1) }
        var range = unit.hashed
        if take("(") {
            let low = try value()
            guard take("-") else { throw error("`-`", from: position, to: position + 1) }
            let high = try value()
            guard take(")") else { throw error("`)`", from: position, to: position + 1) }
            guard low <= high, unit.whole.contains(low), unit.whole.contains(high) else {
                throw error("a range that runs upwards", from: start, to: position)
            }
            range = low...high
        }
        guard take("/") else { return .hash(range, step: nil) }
        let place = position
        guard let step = number(), step > 0 else { throw error("a step of at least 1", from: place) }
        guard step <= range.count else {
            throw error("a step of at most \(range.count)", from: place, to: position)
        }
        return .hash(range, step: step)
    }

    /// After `L`: the last day, a day before it, the nearest weekday; in the weekday field what other tools mean.
    mutating func lastForm(from start: Int, isAlone: Bool) throws(ScheduleError) -> CronItem {
        if unit == .weekday {
            if dialect.takesCroniterForms, next.map({ $0.isNumber }) ?? false {
                return .lastOf(weekday: try value() % 7)
            }
            if dialect == .quartz, isAlone { return .range(6, 6, step: 1) }
            throw error(what, from: start, to: start + 1, hint: "the last Friday of the month is `5L`")
        }
        guard unit == .day else { throw error(what, from: start, to: start + 1, hint: "`L` stands in day fields only") }
        var before = 0
        if take("-") {
            let place = position
            guard let number = number(), (1...30).contains(number) else {
                throw error("a number of days from 1 to 30", from: place)
            }
            before = number
        }
        return take("W") ? .lastWeekday(before: before) : .last(before: before)
    }

    /// A value, a range, or what stands after a day's number.
    mutating func values(from start: Int) throws(ScheduleError) -> [CronItem] {
        let low = try value()
        if dialect.takesDayForms, unit == .day, take("W") { return [.nearestWeekday(low)] }
        if dialect.takesDayForms, unit == .weekday, take("L") { return [.lastOf(weekday: low % 7)] }
        if dialect.takesDayForms, unit == .weekday, take("#") { return [.nth(weekday: low % 7, try ordinal())] }
        guard take("-") else {
            guard let step = try step(from: start, in: nil) else { return [.range(low, low, step: 1)] }
            let first = unit == .weekday ? low % 7 : low
            return [.range(first, unit.whole.upperBound, step: step)]
        }
        let place = position
        if dialect.takesCroniterForms, unit == .day, take("L") {
            let step = try step(from: start, in: nil) ?? 1
            return [.range(low, 31, step: step)]
        }
        let high = try value()
        let isNamed = !text[place].isNumber
        if dialect.takesCroniterForms, unit == .weekday, take("#") {
            let number = try ordinal()
            guard low <= high else { throw error("a range that runs upwards", from: start, to: position) }
            return (low...high).map { .nth(weekday: $0 % 7, number) }
        }
        return try range(low, high, isNamed: isNamed, from: start)
    }

    private mutating func ordinal() throws(ScheduleError) -> Int {
        let place = position
        guard let number = number(), (1...5).contains(number) else {
            throw error("which one of the month, from 1 to 5", from: place)
        }
        return number
    }

    private mutating func range(
        _ first: Int, _ second: Int, isNamed: Bool, from start: Int
    ) throws(ScheduleError) -> [CronItem] {
        var (low, high) = (first, second)
        let end = position
        if unit == .weekday {
            if dialect.wraps, low % 7 == 0, high % 7 == 0 {
                let step = try step(from: start, in: 0...6) ?? 1
                return [.range(0, 6, step: step)]
            }
            if high == 0, low > 0, dialect.wraps || isNamed { high = 7 }
            if low == 7, dialect.wraps { low = 0 }
        }
        let step = try step(from: start, in: low <= high ? low...high : nil) ?? 1
        if low <= high { return [.range(low, high, step: low == high ? 1 : step)] }
        guard dialect.wraps else {
            throw error(
                "a range that runs upwards", from: start, to: end,
                hint: "write it as a list of two ranges")
        }
        return wrapped(low, high, step: step)
    }

    /// A range over the end of the field's values; where its second part begins with a step is each tool's own.
    private func wrapped(_ low: Int, _ high: Int, step: Int) -> [CronItem] {
        let whole = unit.whole
        let last = low + (whole.upperBound - low) / step * step
        var skipped = 0
        if dialect == .quartz {
            skipped = last + step - whole.upperBound - 1
        } else {
            let left = whole.upperBound - last
            if last - whole.lowerBound + step > whole.count, left < step { skipped = step - left }
            if step == 1 { skipped = 0 }
        }
        let first = whole.lowerBound + skipped
        let beginning = CronItem.range(low, last, step: low == last ? 1 : step)
        guard first <= high else { return [beginning] }
        return [beginning, .range(first, high, step: first == high ? 1 : step)]
    }
}
