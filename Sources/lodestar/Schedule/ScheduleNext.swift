import ArgumentParser
import LinuxHost
import Model
import Scheduling

/// `lodestar schedule next 'EXPR'`: the ticks of an expression.
struct ScheduleNext: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "Shows the next times of any expression.",
        discussion: """
            Example: lodestar schedule next '30 2 * * mon' --timezone Europe/Berlin --count 3
            EXPR is a cron text, a macro such as @daily, or an interval: 'every: 30s'.
            """)

    @Argument(help: "The expression.")
    var expression: String

    @Option(help: ArgumentHelp("An IANA name, UTC, local, or an offset such as +05:30.", valueName: "zone"))
    var timezone = "UTC"

    @Option(help: ArgumentHelp("The moment to look from, in RFC 3339; now by default.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("How many times, at most 100000.", valueName: "number"))
    var count = 1

    @Flag(help: "Looks backward: the last times before the moment, the latest first.")
    var previous = false

    @Option(help: "Whose rules the text is read by.")
    var dialect = Dialect.lodestar

    @Option(help: "What a gap of daylight saving does to fixed hours.")
    var gap: DaylightRule.Gap?

    @Option(help: "How often fixed hours run in an overlap of daylight saving.")
    var overlap: DaylightRule.Overlap?

    @Option(name: .customLong("host-id"), help: ArgumentHelp("The host that `H` is resolved for; this one by default."))
    var hostIdentifier: String?

    @Option(help: ArgumentHelp("The key that `H` is resolved with.", valueName: "name"))
    var key = ""

    @Option(help: "How the result is printed.")
    var format = Format.text

    func validate() throws {
        guard (0...100_000).contains(count) else {
            throw ValidationError("--count: expected 0 to 100000, found \(count)")
        }
    }

    func run() throws {
        let expression = try ScheduleText.expression(self.expression, dialect: dialect)
        let zone = try ScheduleZones.zone(timezone)
        var rule = dialect.daylightRule
        if let gap { rule.gap = gap }
        if let overlap { rule.overlap = overlap }
        let host = hostIdentifier ?? (expression.hasHash ? try? HostIdentifier(root: "/").hostIdentifier() : nil)
        let table = Timetable(expression, zone: zone, daylight: rule, hostIdentifier: host ?? "", key: key)
        var moment = try ScheduleText.moment(from, roundingUp: previous)
        var times: [String] = []
        while times.count < count, let tick = previous ? table.previous(before: moment) : table.next(after: moment) {
            times.append(tick.text(in: zone))
            moment = tick
        }
        switch format {
        case .json:
            Terminal.print(
                Datum.map([
                    .init("times", .list(times.map { .string($0) })),
                    .init("class", .string(expression.timing.rawValue)), .init("canonical", .string(expression.text)),
                ]).json)
        case .text:
            if !times.isEmpty { Terminal.print(times.joined(separator: "\n")) }
            guard times.isEmpty, count > 0 else { return }
            Terminal.report(
                expression.timing == .after || expression.timing == .reboot
                    ? "no times: it follows \(expression.timing == .after ? "the previous run's end" : "each boot")"
                    : "no times before the year 2200")
        }
    }
}
