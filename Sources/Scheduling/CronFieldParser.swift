/// Reads one field of a cron text.
struct CronFieldParser {
    let text: [Character]
    let unit: CronUnit
    let dialect: Dialect
    /// Where the field begins and ends in the text, in characters from 0.
    let bounds: Range<Int>
    private var position: Int

    /// The largest number of elements in one list.
    private static let limit = 200

    init(_ text: [Character], _ bounds: Range<Int>, unit: CronUnit, dialect: Dialect) {
        self.text = text
        self.unit = unit
        self.dialect = dialect
        self.bounds = bounds
        position = bounds.lowerBound
    }

    private var next: Character? { position < bounds.upperBound ? text[position] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard let next, next == character || String(next).uppercased() == String(character) else { return false }
        position += 1
        return true
    }

    private func error(
        _ expected: String, from start: Int, to end: Int? = nil, hint: String? = nil
    ) -> ScheduleError {
        let end = max(min(end ?? bounds.upperBound, bounds.upperBound), start)
        let found = start < end ? "`\(String(text[start..<end].prefix(40)))`" : "nothing"
        return ScheduleError(expected: expected, found: found, column: start + 1, length: end - start, hint: hint)
    }

    mutating func field() throws(ScheduleError) -> CronField {
        var items: [CronItem] = []
        repeat {
            guard items.count < Self.limit else {
                throw error("at most \(Self.limit) elements in a list", from: bounds.lowerBound)
            }
            items += try elements(isFirst: items.isEmpty)
        } while take(",")
        guard position == bounds.upperBound else {
            throw error("`,` or the end of the \(unit.name) field", from: position)
        }
        return CronField(items: items)
    }

    private mutating func elements(isFirst: Bool) throws(ScheduleError) -> [CronItem] {
        let start = position
        if take("*") || (dialect == .quartz && next == "/") {
            guard let step = try step(from: start, in: nil) else { return [.all(step: 1)] }
            return [.all(step: step)]
        }
        if next == "?" {
            guard unit.isDay else {
                throw error(what, from: start, to: start + 1, hint: "`?` stands in day fields only")
            }
            position += 1
            return [.all(step: 1)]
        }
        if take("H"), !isLetter(next) { return [try hash(from: start)] }
        position = start
        if dialect.takesDayForms, take("L"), !isLetter(next) || next == "W" || next == "w" {
            return [try lastForm(from: start, isAlone: isFirst && bounds.count == 1)]
        }
        position = start
        return try values(from: start)
    }

    private func isLetter(_ character: Character?) -> Bool { character.map { $0.isLetter } ?? false }

    /// What the field takes, for messages.
    private var what: String {
        let range = dialect.sundayIsOne && unit == .weekday ? 1...7 : unit.range
        let article = unit == .hour ? "an" : "a"
        let names = unit.names
        let spelled = names.isEmpty ? "" : " or \(names[0])-\(names[names.count - 1])"
        return "\(article) \(unit.name) from \(range.lowerBound) to \(range.upperBound)\(spelled)"
    }

    /// After `*`, `a` or `a-b`: `/n`.
    private mutating func step(from start: Int, in span: ClosedRange<Int>?) throws(ScheduleError) -> Int? {
        guard take("/") else { return nil }
        let place = position
        guard let number = number() else { throw error("a step", from: place) }
        guard number > 0 else { throw error("a step of at least 1", from: place, to: position) }
        if dialect.takesLongSteps { return min(number, 10_000) }
        let limit = unit == .year ? unit.range.count - 1 : unit.range.upperBound
        let most = dialect == .lodestar ? span.map { $0.count == 1 ? limit : $0.count - 1 } ?? limit : limit
        guard number <= most else {
            throw error(
                "a step of at most \(most)", from: place, to: position,
                hint: "the step is larger than the range it steps over")
        }
        return number
    }

    /// Digits, at most nine of them; nil for none.
    private mutating func number() -> Int? {
        let start = position
        while let next, next.isASCII, next.isNumber, position - start < 9 { position += 1 }
        return start < position ? Int(String(text[start..<position])) : nil
    }

    /// A number or a name as a value of the internal form; 7 stays 7.
    private mutating func value() throws(ScheduleError) -> Int {
        let start = position
        if let number = number() {
            let value = dialect.sundayIsOne && unit == .weekday ? number - 1 : number
            let range = dialect.sundayIsOne && unit == .weekday ? 0...6 : unit.range
            guard range.contains(value), !(next.map { $0.isNumber } ?? false) else {
                throw error(what, from: start, to: position, hint: hint(for: number))
            }
            return value
        }
        while let next, next.isLetter { position += 1 }
        var word = String(text[start..<position]).lowercased()
        if dialect.takesFullNames, let match = fullNames.first(where: { $0 == word }) { word = String(match.prefix(3)) }
        if let index = unit.names.firstIndex(of: word) { return index + unit.range.lowerBound }
        // A name may be followed by the L of `friL`.
        if unit == .weekday, word.count == 4, word.last == "l",
            let index = unit.names.firstIndex(of: String(word.dropLast()))
        {
            position -= 1
            return index
        }
        throw error(what, from: start, to: max(position, min(start + 1, bounds.upperBound)))
    }

    private var fullNames: [String] {
        unit == .weekday
            ? ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
            : unit == .month
                ? [
                    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                    "november", "december",
                ] : []
    }

    private func hint(for number: Int) -> String? {
        if unit == .second, number == 60 { return "a leap second is none that a clock shows" }
        if unit == .weekday, (1970...2199).contains(number) { return "a year is the seventh field: seconds come first" }
        return nil
    }

    private mutating func hash(from start: Int) throws(ScheduleError) -> CronItem {
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
    private mutating func lastForm(from start: Int, isAlone: Bool) throws(ScheduleError) -> CronItem {
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

    private mutating func values(from start: Int) throws(ScheduleError) -> [CronItem] {
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
