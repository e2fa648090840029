/// Reads one field of a cron text.
struct CronFieldParser {
    let text: [Character]
    let unit: CronUnit
    let dialect: Dialect
    /// Where the field begins and ends in the text, in characters from 0.
    let bounds: Range<Int>
    var position: Int

    /// The largest number of elements in one list.
    private static let limit = 200

    init(_ text: [Character], _ bounds: Range<Int>, unit: CronUnit, dialect: Dialect) {
        self.text = text
        self.unit = unit
        self.dialect = dialect
        self.bounds = bounds
        position = bounds.lowerBound
    }

    var next: Character? { position < bounds.upperBound ? text[position] : nil }

    mutating func take(_ character: Character) -> Bool {
        guard let next, next == character || String(next).uppercased() == String(character) else { return false }
        position += 1
        return true
    }

    func error(
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
            // croniter and cronexpr take `*/1` for all the days by their numbers, not for a star.
            if step == 1, unit.isDay, dialect == .secondsLast6 || dialect == .yearLast6 {
                return [.range(unit.whole.lowerBound, unit.whole.upperBound, step: 1)]
            }
            return [.all(step: step)]
        }
        if next == "?" {
            guard unit.isDay else {
                throw error(what, from: start, to: start + 1, hint: "`?` stands in day fields only")
            }
            position += 1
            return [.all(step: 1)]
        }
        if dialect == .cronie, let drawn = try drawn(from: start) { return [drawn] }
        if take("H"), !isLetter(next) { return [try hash(from: start)] }
        position = start
        if dialect.takesDayForms, take("L"), !isLetter(next) || next == "W" || next == "w" {
            return [try lastForm(from: start, isAlone: isFirst && bounds.count == 1)]
        }
        position = start
        return try values(from: start)
    }

    func isLetter(_ character: Character?) -> Bool { character.map { $0.isLetter } ?? false }

    /// The allowed values, for messages.
    var what: String {
        let range = dialect.sundayIsOne && unit == .weekday ? 1...7 : unit.range
        let article = unit == .hour ? "an" : "a"
        let names = unit.names
        let spelled = names.isEmpty ? "" : " or \(names[0])-\(names[names.count - 1])"
        return "\(article) \(unit.name) from \(range.lowerBound) to \(range.upperBound)\(spelled)"
    }

    /// After `*`, `a` or `a-b`: `/n`.
    mutating func step(from start: Int, in span: ClosedRange<Int>?) throws(ScheduleError) -> Int? {
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
    mutating func number() -> Int? {
        let start = position
        while let next, next.isASCII, next.isNumber, position - start < 9 { position += 1 }
        return start < position ? Int(String(text[start..<position])) : nil
    }

    /// A number or a name as a value of the internal form; 7 stays 7.
    mutating func value() throws(ScheduleError) -> Int {
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
}
