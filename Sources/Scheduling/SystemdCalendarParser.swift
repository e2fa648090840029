import Model

/// Reads a calendar event expression (systemd.time(7), "CALENDAR EVENTS").
struct SystemdCalendarParser {
    private let text: [Character]
    private var position = 0

    /// The longest expression and the longest list that are read.
    private static let limits = (length: 1000, list: 240)

    private init(_ text: String) {
        self.text = Array(text)
    }

    private var next: Character? { position < text.count ? text[position] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard next == character else { return false }
        position += 1
        return true
    }

    private func error(_ expected: String) -> ScheduleError {
        let word = text[min(position, text.count)...].prefix { !$0.isWhitespace }
        return ScheduleError(
            expected: expected, found: word.isEmpty ? "nothing" : "`\(String(word.prefix(40)))`", column: position + 1,
            length: word.count)
    }

    static func parse(_ text: String) throws(ScheduleError) -> SystemdCalendar {
        guard text.count <= limits.length else {
            throw ScheduleError(expected: "at most \(limits.length) characters", found: "more", column: 1)
        }
        var words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        guard !words.isEmpty, text.first != " " else {
            throw ScheduleError(expected: "a calendar event", found: "nothing", column: 1)
        }
        var zone: String?
        if words.count > 1, let last = words.last, isZone(last) {
            zone = last.uppercased() == "UTC" ? "UTC" : last
            words.removeLast()
        }
        let rest = words.joined(separator: " ")
        if let keyword = SystemdCalendar.keywords[rest.lowercased()] {
            var parser = SystemdCalendarParser(keyword)
            var calendar = try parser.calendar()
            calendar.zone = zone
            return calendar
        }
        if rest.hasPrefix("@") {
            guard zone == nil || zone == "UTC", let seconds = Int64(rest.dropFirst()), seconds >= 0,
                seconds < 7_258_118_400
            else {
                throw ScheduleError(
                    expected: "seconds since 1970 before the year 2200", found: "`\(rest.prefix(40))`", column: 1,
                    length: rest.count)
            }
            return moment(seconds)
        }
        // Blanks count for the columns: the parser runs over the text as it was written.
        let end = zone == nil ? text : String(text.reversed().drop { $0 == " " }.drop { $0 != " " }.reversed())
        var parser = SystemdCalendarParser(end)
        var calendar = try parser.calendar()
        calendar.zone = zone
        return calendar
    }

    private static func isZone(_ word: String) -> Bool {
        guard word.uppercased() != "UTC" else { return true }
        return word.isASCIIWord(or: "/_+-") && word.first?.isUppercase == true
            && (word.contains("/") || word.allSatisfy(\.isUppercase))
    }

    private static func moment(_ seconds: Int64) -> SystemdCalendar {
        let (date, time) = CivilDate.clock(at: seconds)
        func one(_ value: Int) -> [SystemdCalendar.Component] { [.init(start: value)] }
        return SystemdCalendar(
            years: one(date.year), months: one(date.month), days: one(date.day), hours: one(time / 3600),
            minutes: one(time / 60 % 60), seconds: one(time % 60 * SystemdCalendar.second), zone: "UTC")
    }

    private mutating func calendar() throws(ScheduleError) -> SystemdCalendar {
        var calendar = SystemdCalendar()
        let hasWeekdays = next.map { $0.isLetter } ?? false
        if hasWeekdays { try weekdays(into: &calendar) }
        skipBlanks()
        let words = String(text[position...]).split(separator: " ")
        guard words.count <= 2 else { throw error("a date and a time") }
        let isDate: (Substring) -> Bool = { $0.contains("-") || $0.contains("~") }
        var hasDate = false, hasTime = false
        if let first = words.first {
            guard words.count == 1 || isDate(first) else { throw error("a date") }
            if isDate(first), !first.contains(":") {
                try date(into: &calendar)
                hasDate = true
                skipBlanks()
            }
            if next != nil {
                try time(into: &calendar)
                hasTime = true
            }
        }
        guard hasWeekdays || hasDate || hasTime else { throw error("a calendar event") }
        skipBlanks()
        guard next == nil else { throw error("the end") }
        let zero = [SystemdCalendar.Component(start: 0)]
        if !hasTime { (calendar.hours, calendar.minutes, calendar.seconds) = (zero, zero, zero) }
        return calendar
    }

    private mutating func skipBlanks() { while take(" ") {} }

    private mutating func weekdays(into calendar: inout SystemdCalendar) throws(ScheduleError) {
        calendar.weekdays = 0
        repeat {
            if next == " " || next == nil { break }
            let first = try weekday()
            var last = first
            if take(".") {
                guard take(".") else { throw error("`..`") }
                last = try weekday()
            } else if take("-") {
                last = try weekday()
            }
            guard first <= last else { throw error("a range of weekdays that runs from Monday to Sunday") }
            for day in first...last { calendar.weekdays |= 1 << day }
        } while take(",")
        guard next == " " || next == nil else { throw error("`,` or a blank after the weekdays") }
    }

    private mutating func weekday() throws(ScheduleError) -> Int {
        let start = position
        while let next, next.isLetter { position += 1 }
        let word = String(text[start..<position]).lowercased()
        let full = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        guard let index = full.firstIndex(where: { $0 == word || $0.prefix(3) == word }) else {
            position = start
            throw error("a weekday")
        }
        return index
    }

    private mutating func date(into calendar: inout SystemdCalendar) throws(ScheduleError) {
        var parts: [[SystemdCalendar.Component]] = [try chain(.year)]
        var separators: [Character] = []
        while parts.count < 3, let mark = next, mark == "-" || mark == "~" {
            position += 1
            separators.append(mark)
            parts.append(try chain(.day))
        }
        guard next == nil || next == " " else { throw error("`-`, `~` or a blank") }
        guard !separators.dropLast().contains("~"), parts.count >= 2 else { throw error("a date such as *-*-01") }
        calendar.countsFromEnd = separators.last == "~"
        calendar.days = parts.removeLast()
        calendar.months = parts.removeLast()
        calendar.years = parts.last ?? []
        calendar.years = calendar.years.map { year in
            func whole(_ value: Int) -> Int { value < 70 ? value + 2000 : value < 100 ? value + 1900 : value }
            return .init(start: whole(year.start), stop: year.stop.map(whole), step: year.step)
        }.sorted()
        try check(&calendar.years, 1970...2199, "year")
        try check(&calendar.months, 1...12, "month")
        try check(&calendar.days, calendar.countsFromEnd ? 1...28 : 1...31, "day", isBackward: calendar.countsFromEnd)
    }

    private mutating func time(into calendar: inout SystemdCalendar) throws(ScheduleError) {
        calendar.hours = try chain(.hour)
        guard take(":") else { throw error("`:`") }
        calendar.minutes = try chain(.minute)
        if take(":") {
            calendar.seconds = try chain(.second)
            if calendar.seconds.isEmpty { calendar.seconds = [.init(start: 0, step: SystemdCalendar.second)] }
        } else {
            calendar.seconds = [.init(start: 0)]
        }
        guard next == nil || next == " " else { throw error("`:` or the end") }
        try check(&calendar.hours, 0...23, "hour")
        try check(&calendar.minutes, 0...59, "minute")
        try check(&calendar.seconds, 0...(60 * SystemdCalendar.second - 1), "second")
    }

    /// Sorts a list, drops what is there twice and refuses what no date or time has.
    private func check(
        _ list: inout [SystemdCalendar.Component], _ range: ClosedRange<Int>, _ name: String, isBackward: Bool = false
    ) throws(ScheduleError) {
        for (index, component) in list.enumerated() {
            let high = component.stop ?? component.start
            guard range.contains(component.start), range.contains(high), component.start <= high else {
                throw error("a \(name) in its range")
            }
            // A step that leads out of the range at once never repeats; a whole `*` of seconds has one of its own.
            let second =
                isBackward && component.stop == nil
                ? component.start - component.step : component.start + component.step
            let isWhole = component.start == 0 && component.step == SystemdCalendar.second && component.stop == nil
            if component.step > 0, !range.contains(second), !(name == "second" && isWhole) {
                throw error("a step within the range of the \(name)")
            }
            if name == "second", let stop = component.stop, stop - component.start < component.step {
                throw error("a range of at least a second")
            }
            if component.step > 0, let stop = component.stop {
                list[index].stop = component.start + (stop - component.start) / component.step * component.step
            }
        }
        list = Array(Set(list)).sorted()
    }

    /// A list; empty for `*`.
    private mutating func chain(_ unit: CronUnit) throws(ScheduleError) -> [SystemdCalendar.Component] {
        if take("*") {
            guard take("/") else { return [] }
            let step = try number(unit)
            guard step > 0 else { throw error("a step of at least 1") }
            return [.init(start: unit == .year || unit == .day ? 1 : 0, step: step)]
        }
        var list: [SystemdCalendar.Component] = []
        repeat {
            guard list.count < Self.limits.list else { throw error("a shorter list") }
            var component = SystemdCalendar.Component(start: try number(unit))
            if next == ".", position + 1 < text.count, text[position + 1] == "." {
                position += 2
                component.stop = try number(unit)
                component.step = unit == .second ? SystemdCalendar.second : 1
            }
            if take("/") {
                component.step = try number(unit)
                guard component.step > 0 else { throw error("a step of at least 1") }
            }
            list.append(component)
        } while take(",")
        return list
    }

    /// Digits; for seconds with a fraction, in microseconds.
    private mutating func number(_ unit: CronUnit) throws(ScheduleError) -> Int {
        let start = position
        while let next, next.isASCII, next.isNumber, position - start < 7 { position += 1 }
        guard start < position, let whole = Int(String(text[start..<position])) else { throw error("a number") }
        guard unit == .second else { return whole }
        guard next == ".", position + 1 < text.count, text[position + 1].isNumber else {
            return whole * SystemdCalendar.second
        }
        position += 1
        var digits: [Int] = []
        while let next, let digit = next.wholeNumberValue, next.isASCII {
            digits.append(digit)
            position += 1
            guard digits.count <= 20 else { throw error("fewer digits") }
        }
        var micros = 0
        for index in 0..<6 { micros = micros * 10 + (index < digits.count ? digits[index] : 0) }
        if digits.count > 6, digits[6] >= 5 { micros += 1 }
        return whole * SystemdCalendar.second + micros
    }
}
