import Foundation
import Model
@testable import Scheduling
import Testing

/// The expectations of other implementations' public test suites, each in its dialect.
@Suite struct VectorTests {
    struct Row {
        var id, kind, dialect, text, zone, note: String
        var start: Instant?
        var expected: [Instant]
        /// The first expectation as it stands, for normal forms.
        var expectedText: String
    }

    /// Rows that cannot hold here, by the reasons of Docs/cron-conformance.md.
    static let exceptions: [String: Set<String>] = [
        "hash values of other tools": Set(
            ((281...290).map { $0 } + (904...925).map { $0 }).map { "v0\($0)" }),
        "doubtful upstream": ["v0151", "v0182"],
        "intervals from the start time": Set(
            [673, 674, 675, 676, 677, 679, 681, 682, 683, 684, 685, 686, 687, 688, 690, 692].map { "v0\($0)" }),
        "another rule for gaps": ["v0669"],
        "fractions of seconds": ["v0189", "v0190", "v0191", "v0192", "v0193"],
    ]

    /// Which of our dialects reads the rows of another tool's.
    static func dialect(_ row: Row) -> Dialect? {
        if row.note.contains("implement_cron_bug") { return .vixie5 }
        switch row.dialect {
        case "sec-first6", "sec-first7", "sec-first6(cronsim)", "vixie5+quartz?": return .secondsFirst6
        case "vixie5(debian DST)", "vixie5", "macro": return .vixie5
        case "vixie5(croniter)", "sec-last6(croniter)", "sec-last6+year(croniter)": return .secondsLast6
        case "vixie5+LW#", "year-last6", "year-last6(min hour dom mon dow year)": return .yearLast6
        case "quartz7", "quartz7(sec first)", "quartz7(sec first, 1=Sunday)": return .quartz
        case "jenkins5", "jenkins5(dom AND dow)": return .jenkins
        case "supercronic": return .lodestar
        default: return nil
        }
    }

    static func rows() throws -> [Row] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Resources/cron-vectors.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let datum = try Datum(json: Array(line.utf8))
            func text(_ key: String) -> String { if case .string(let text)? = datum[key] { text } else { "" } }
            var expected: [Instant] = [], expectedText = ""
            if case .list(let items)? = datum["expected"], case .string(let text)? = items.first { expectedText = text }
            if case .list(let items)? = datum["expected"] {
                expected = items.compactMap { if case .string(let text) = $0 { Instant(text) } else { nil } }
            }
            return Row(
                id: text("id"), kind: text("kind"), dialect: text("dialect"), text: text("expr"), zone: text("tz"),
                note: text("note"), start: Instant(text("start")), expected: expected,
                expectedText: expectedText)
        }
    }

    /// The row's expression; croniter's option `day_or: false` is our `+`.
    static func expression(_ row: Row, _ dialect: Dialect) throws(ScheduleError) -> ScheduleExpression {
        let expression = try ScheduleExpression(row.text, dialect: dialect)
        guard row.note.contains("\"day_or\": false") else { return expression }
        var fields = expression.text.split(separator: " ").map(String.init)
        fields[fields.count == 5 ? 4 : 5].insert("+", at: fields[fields.count == 5 ? 4 : 5].startIndex)
        return try ScheduleExpression(cron: fields.joined(separator: " "))
    }

    /// What is wrong with a row; nil when it holds.
    static func problem(of row: Row) -> String? {
        guard let dialect = dialect(row) else { return "no dialect for \(row.dialect)" }
        let expression: ScheduleExpression
        do throws(ScheduleError) {
            expression = try Self.expression(row, dialect)
        } catch {
            // What never comes is refused when it is read.
            if row.kind == "parse_error" || (row.expected.isEmpty && row.kind == "next") { return nil }
            return "\(error.column): \(error.message)"
        }
        if row.kind == "parse_error" { return "it is accepted as \(expression.text)" }
        guard let zone = Zones.named(row.zone) else { return "no zone \(row.zone)" }
        guard var moment = row.start else { return "no start" }
        let table = Timetable(expression, zone: zone, daylight: dialect.daylightRule)
        var found: [Instant] = []
        switch row.kind {
        case "next", "not_next":
            while found.count < max(1, row.expected.count), let tick = table.next(after: moment) {
                found.append(tick)
                moment = tick
            }
            if row.kind == "not_next" { return found == row.expected ? "it is next" : nil }
        case "prev":
            // Some rows come from croniter's match, which looks at the start as well.
            if row.expected.first == moment { moment = moment.advanced(byMilliseconds: 1) }
            while found.count < row.expected.count, let tick = table.previous(before: moment) {
                found.append(tick)
                moment = tick
            }
        case "ceil": found = [table.next(after: moment.advanced(byMilliseconds: -1))].compactMap { $0 }
        case "floor": found = [table.last(through: moment)].compactMap { $0 }
        case "matches": return table.matches(moment) ? nil : "it does not match"
        case "not_matches": return table.matches(moment) ? "it matches" : nil
        default: return "there is no kind \(row.kind)"
        }
        if found == row.expected { return nil }
        return "\(expression.text), \(expression.timing): expected "
            + row.expected.map { $0.text(in: zone) }.joined(separator: " ") + ", found "
            + found.map { $0.text(in: zone) }.joined(separator: " ")
    }

    /// What is wrong with a row of systemd's calendar events, which `import timer` reads.
    static func calendarProblem(of row: Row) -> String? {
        let calendar: SystemdCalendar
        do throws(ScheduleError) {
            calendar = try SystemdCalendarParser.parse(row.text)
        } catch {
            return row.kind == "parse_error" ? nil : "\(error.column): \(error.message)"
        }
        switch row.kind {
        case "parse_error": return "it is accepted as \(calendar.text)"
        case "normalize":
            return calendar.text == row.expectedText ? nil : "expected \(row.expectedText), found \(calendar.text)"
        default: break
        }
        guard let fields = calendar.cron, let moment = row.start else { return "it has no fields of cron" }
        let zoneName = calendar.zone ?? (row.zone == "IST" ? "Europe/Dublin" : row.zone)
        guard let zone = Zones.named(zoneName) else { return "no zone \(zoneName)" }
        do throws(ScheduleError) {
            let expression = try ScheduleExpression(cron: fields.text)
            let rule = DaylightRule(gap: .skip, overlap: .once)
            let found = Timetable(expression, zone: zone, daylight: rule).next(after: moment)
            return found == row.expected.first ? nil : "\(fields.text): found \(found?.text() ?? "nothing")"
        } catch {
            return row.expected.isEmpty ? nil : "\(fields.text): \(error.message)"
        }
    }

    @Test func everyRowHoldsOrStandsInTheList() throws {
        let rows = try Self.rows()
        #expect(rows.count == 927)
        let excepted = Self.exceptions.values.reduce(into: Set()) { $0.formUnion($1) }
        for row in rows where !excepted.contains(row.id) {
            let isCalendar = row.dialect.hasPrefix("systemd")
            if let problem = isCalendar ? Self.calendarProblem(of: row) : Self.problem(of: row) {
                Issue.record("\(row.id) \(row.dialect) `\(row.text)` \(row.zone): \(problem)")
            }
        }
    }

    @Test func noExceptionIsOlderThanItsReason() throws {
        let excepted = Self.exceptions.values.reduce(into: Set()) { $0.formUnion($1) }
        for row in try Self.rows() where excepted.contains(row.id) && !row.note.contains("hash") {
            let problem = row.dialect.hasPrefix("systemd") ? Self.calendarProblem(of: row) : Self.problem(of: row)
            #expect(problem != nil, "\(row.id) holds and need not be excepted")
        }
    }
}
