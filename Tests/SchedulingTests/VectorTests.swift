import Foundation
import Model
import Scheduling
import Testing

/// The expectations of other implementations' public test suites, each in its dialect.
@Suite struct VectorTests {
    struct Row {
        var id, kind, dialect, text, zone, note: String
        var start: Instant?
        var expected: [Instant]
    }

    /// Rows that cannot hold here, by the reasons of Docs/cron-conformance.md.
    static let exceptions: [String: Set<String>] = [
        "hash values of other tools": Set(
            ((281...290).map { $0 } + (904...925).map { $0 }).map { "v0\($0)" }),
        "doubtful upstream": ["v0151", "v0182"],
        "intervals from the start time": Set(
            [673, 674, 675, 676, 677, 679, 681, 682, 683, 684, 685, 686, 687, 688, 690, 692].map { "v0\($0)" }),
        "another rule for gaps": ["v0669"],
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
            var expected: [Instant] = []
            if case .list(let items)? = datum["expected"] {
                expected = items.compactMap { if case .string(let text) = $0 { Instant(text) } else { nil } }
            }
            return Row(
                id: text("id"), kind: text("kind"), dialect: text("dialect"), text: text("expr"), zone: text("tz"),
                note: text("note"), start: Instant(text("start")), expected: expected)
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

    @Test func everyRowHoldsOrStandsInTheList() throws {
        let rows = try Self.rows()
        #expect(rows.count == 927)
        let excepted = Self.exceptions.values.reduce(into: Set()) { $0.formUnion($1) }
        for row in rows where !row.dialect.hasPrefix("systemd") && !excepted.contains(row.id) {
            if let problem = Self.problem(of: row) {
                Issue.record("\(row.id) \(row.dialect) `\(row.text)` \(row.zone): \(problem)")
            }
        }
    }

    @Test func noExceptionIsOlderThanItsReason() throws {
        let excepted = Self.exceptions.values.reduce(into: Set()) { $0.formUnion($1) }
        for row in try Self.rows() where excepted.contains(row.id) && !row.note.contains("hash") {
            #expect(Self.problem(of: row) != nil, "\(row.id) holds and need not be excepted")
        }
    }
}
