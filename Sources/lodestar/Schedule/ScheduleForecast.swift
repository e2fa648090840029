import ArgumentParser
import Model
import Scheduling
import SystemCalls

/// `lodestar schedule forecast`: the starts per second of a simulated fleet.
struct ScheduleForecast: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast", abstract: "Draws the starts per second of a simulated fleet.",
        discussion: """
            Example: lodestar schedule forecast --hosts 100000 --for 1h
            Each host has the schedules of this one, or the expressions that are given; a host's id is made up.
            """)

    @Argument(help: "Expressions in place of this host's schedules.")
    var expressions: [String] = []

    @Option(help: ArgumentHelp("How many hosts, at most 1000000.", valueName: "number"))
    var hosts = 10_000

    @Option(name: .customLong("for"), help: ArgumentHelp("How long, at most 7d.", valueName: "duration"))
    var length = "1h"

    @Option(
        help: ArgumentHelp("The moment to begin at, in RFC 3339; the next full hour by default.", valueName: "time"))
    var from: String?

    @Option(help: ArgumentHelp("Of the expressions: auto, off, true, period or a duration.", valueName: "choice"))
    var spread = "auto"

    @Option(help: ArgumentHelp("The root that is managed.", valueName: "dir"), transform: HostRoot.path)
    var root = "/"

    @Option(help: "How the result is printed.")
    var format: Format?

    func validate() throws {
        guard (1...1_000_000).contains(hosts) else {
            throw ValidationError("--hosts: expected 1 to 1000000, found \(hosts)")
        }
    }

    func run() throws {
        guard let duration = Duration(text: length), duration >= .seconds(1), duration <= .seconds(7 * 86400) else {
            throw ValidationError("--for: expected a duration from 1s to 7d such as 1h, found `\(length)`")
        }
        var start = try ScheduleText.moment(from)
        if from == nil { start = Instant(seconds: (start.seconds / 3600 + 1) * 3600) }
        let definitions = try definitions()
        var forecast = Forecast(start: start, seconds: Int(duration.components.seconds))
        for definition in definitions {
            let zone = try ScheduleZones.zone(definition.timezone)
            forecast.add(definition, zone: zone, hostCount: hosts)
        }
        // A terminal gets the plot; what is not one gets what a program can read.
        switch format ?? (ThisProcess.isTerminal(1) ? .text : .json) {
        case .json: Terminal.printJSON(forecast.datum(hostCount: hosts).json)
        case .text:
            let columns = ThisProcess.environment("COLUMNS").flatMap { Int($0) } ?? 100
            Terminal.print(
                ForecastPlot(forecast, isColored: Terminal.isColored).text(columns: min(max(columns, 40), 400), hosts))
        }
    }

    /// The schedules of each host: the given expressions, else the definitions below the root.
    private func definitions() throws -> [ScheduleDefinition] {
        guard let choice = try? SpreadChoice(decoding: Node(.string(spread), at: .nowhere)) else {
            throw ValidationError("--spread: expected auto, off, true, period or a duration, found `\(spread)`")
        }
        func simulated(_ expression: ScheduleExpression, _ index: Int) -> ScheduleDefinition {
            var definition = ScheduleDefinition(name: "job-\(index + 1)", expression)
            definition.spread = choice
            return definition
        }
        if !expressions.isEmpty {
            return try expressions.enumerated().map { index, text in
                simulated(try ScheduleText.expression(text, dialect: .lodestar), index)
            }
        }
        let folder = (root == "/" ? "" : root) + ScheduleDefinition.folder
        let found = try Terminal.reportingFaults { try LocalFiles.names(in: folder) }.filter { $0.hasSuffix(".json") }
            .compactMap { try definition("\(folder)/\($0)") }
            .filter(\.enabled)
        if !found.isEmpty { return found }
        Terminal.report("no schedules below \(folder): forecasting `* * * * *`")
        return [simulated(try ScheduleText.expression("* * * * *", dialect: .lodestar), 0)]
    }

    private func definition(_ path: String) throws -> ScheduleDefinition? {
        guard
            let bytes = try Terminal.reportingFaults({
                try LocalFiles.contents(of: path, limit: ScheduleDefinition.fileLimit)
            })
        else { return nil }
        do throws(DefinitionFault) {
            return try ScheduleDefinition(file: bytes)
        } catch {
            Terminal.report("\(path): warning: \(error.message)")
            return nil
        }
    }
}
