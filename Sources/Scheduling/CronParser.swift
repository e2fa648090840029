import Model

/// Reads a whole cron text in a dialect.
enum CronParser {
    struct Result {
        var expression: CronExpression
        /// The macro's canonical name, such as `@daily`; nil for fields.
        var macro: String?
        var warnings: [ScheduleError] = []
    }

    /// The longest text that is read, in characters.
    static let limit = 1000

    static let macros: [String: (name: String, fields: String)] = [
        "@yearly": ("@yearly", "0 0 1 1 *"), "@annually": ("@yearly", "0 0 1 1 *"),
        "@monthly": ("@monthly", "0 0 1 * *"), "@weekly": ("@weekly", "0 0 * * 0"),
        "@daily": ("@daily", "0 0 * * *"), "@midnight": ("@daily", "0 0 * * *"),
        "@hourly": ("@hourly", "0 * * * *"), "@minutely": ("@minutely", "* * * * *"),
    ]
    /// The expansions of the macros of Jenkins, with its own hash in place of fixed times.
    private static let jenkinsMacros: [String: String] = [
        "@yearly": "H H H H *", "@annually": "H H H H *", "@monthly": "H H H * *", "@weekly": "H H * * H",
        "@daily": "H H * * *", "@midnight": "H H(0-2) * * *", "@hourly": "H * * * *",
    ]

    static func parse(_ text: String, dialect: Dialect) throws(ScheduleError) -> Result {
        let characters = Array(text.prefix(limit + 1))
        guard characters.count <= limit else {
            throw ScheduleError(expected: "at most \(limit) characters", found: "more", column: limit)
        }
        let words = words(of: characters)
        guard let first = words.first, let last = words.last else {
            throw ScheduleError(expected: "a cron expression", found: "nothing", column: 1)
        }
        if characters[first.lowerBound] == "@" {
            return try macro(String(characters[first.lowerBound..<last.upperBound]), at: first.lowerBound, dialect)
        }
        guard let units = dialect.units(count: words.count) else {
            throw ScheduleError(
                expected: dialect.counts, found: "\(words.count)", column: first.lowerBound + 1,
                length: last.upperBound - first.lowerBound,
                hint: words.count == 6 && dialect == .vixie5 ? "a dialect with seconds reads six" : nil)
        }
        var expression = CronExpression()
        var hasPlus = false
        for (unit, word) in zip(units, words) {
            var bounds = word
            if unit == .weekday, characters[word.lowerBound] == "+", dialect == .lodestar {
                hasPlus = true
                bounds = (word.lowerBound + 1)..<word.upperBound
            }
            var parser = CronFieldParser(characters, bounds, unit: unit, dialect: dialect)
            expression[unit] = try parser.field()
            if unit == .weekday, dialect.takesCroniterForms, expression.weekday.isOfMonth {
                // `*,sat#3` is `sat#3` there.
                expression.weekday.items.removeAll { $0 == .all(step: 1) }
            }
        }
        expression.isConjunction = hasPlus
        let places = Dictionary(uniqueKeysWithValues: zip(units, words))
        try combineDays(&expression, dialect, characters, places)
        for unit in units { expression[unit].items = expression[unit].items.map { $0.shortened(in: unit) } }
        var result = Result(expression: expression)
        guard comes(expression) else {
            let place = places[.day] ?? first
            throw ScheduleError(
                expected: "a date that comes before the year 2200", found: "one that never comes",
                column: place.lowerBound + 1, length: place.count)
        }
        if units.contains(.second), expression.second == .all, expression.minute.isRestricted,
            let place = places[.second]
        {
            result.warnings.append(
                ScheduleError(
                    expected: "one second of each minute", found: "every second of it", column: place.lowerBound + 1,
                    length: place.count, hint: "the first of \(words.count) fields is seconds: write 0 for once"))
        }
        return result
    }

    private static func words(of text: [Character]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, character) in text.enumerated() {
            if character.isWhitespace {
                if let first = start { words.append(first..<index) }
                start = nil
            } else if start == nil {
                start = index
            }
        }
        if let first = start { words.append(first..<text.count) }
        return words
    }

    private static func macro(_ text: String, at start: Int, _ dialect: Dialect) throws(ScheduleError) -> Result {
        let word = text.lowercased()
        if dialect == .jenkins, let fields = jenkinsMacros[word] { return try parse(fields, dialect: .jenkins) }
        guard let macro = macros[word] else {
            throw ScheduleError(
                expected: "one of @yearly, @monthly, @weekly, @daily, @hourly, @minutely, @reboot",
                found: "`\(text.prefix(40))`",
                column: start + 1, length: text.count)
        }
        var result = try parse(macro.fields, dialect: .lodestar)
        result.macro = macro.name
        return result
    }

    /// Maps what the dialect means by two day fields onto the internal form.
    private static func combineDays(
        _ expression: inout CronExpression, _ dialect: Dialect, _ text: [Character], _ places: [CronUnit: Range<Int>]
    ) throws(ScheduleError) {
        let day = places[.day] ?? 0..<1, weekday = places[.weekday] ?? 0..<1
        if dialect == .quartz {
            let questions = [day, weekday].filter { text[$0].elementsEqual("?") }.count
            guard questions == 1 else {
                throw ScheduleError(
                    expected: "`?` in exactly one of the day fields", found: questions == 0 ? "none" : "two",
                    column: (questions == 0 ? day : weekday).lowerBound + 1,
                    length: (questions == 0 ? day : weekday).count)
            }
        }
        guard expression.day.isRestricted, expression.weekday.isRestricted else {
            expression.isConjunction = false
            return
        }
        func steps(_ field: CronField) -> Bool { field.items.contains { if case .all = $0 { true } else { false } } }
        switch dialect.dayRule {
        case .refuse:
            guard !expression.isConjunction else { break }
            for (unit, place) in [(CronUnit.day, day), (.weekday, weekday)] where steps(expression[unit]) {
                throw ScheduleError(
                    expected: "no `*/n` beside a restricted day field",
                    found: "`\(String(text[place].prefix(40)))`", column: place.lowerBound + 1, length: place.count,
                    hint: "cron reads both, others either: write `+` before the weekday for both, "
                        + "or \(unit.whole.lowerBound)-\(unit.whole.upperBound)/n for either")
            }
        case .either:
            expression.isConjunction = false
            // croniter looks at `sat#3` alone, whatever the day field says.
            if dialect == .secondsLast6, expression.weekday.isOfMonth { expression.day = .all }
        case .both: expression.isConjunction = true
        case .starMeansBoth:
            expression.isConjunction = expression.day.startsWithStar || expression.weekday.startsWithStar
            // `mon-fri#1` is croniter's and means what it means there.
            if expression.weekday.isOfMonth, text[weekday].contains("-") { expression.day = .all }
        case .oneOnly: break
        }
        for unit in [CronUnit.day, .weekday] {
            expression[unit].items = expression[unit].items.map { item in
                guard case .all(let step) = item, step > 1 else { return item }
                return .range(
                    unit.whole.lowerBound, step >= unit.whole.count ? unit.whole.lowerBound : unit.whole.upperBound,
                    step: step >= unit.whole.count ? 1 : step)
            }
        }
    }

    /// Whether any day from 1970 to 2199 matches.
    private static func comes(_ expression: CronExpression) -> Bool {
        CronSets(expression.resolved { _ in Spread(position: 0) }).first(
            from: CronSets.firstLocal, before: CronSets.endLocal) != nil
    }
}
