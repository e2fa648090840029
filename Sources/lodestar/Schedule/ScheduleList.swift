import Agent
import ArgumentParser
import LinuxAgent
import LinuxHost
import Model
import Scheduling
import State
import SystemCalls

/// `lodestar schedule list`: the schedules of this host, with their next and last runs.
struct ScheduleList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the schedules of this host with their next and last runs.",
        discussion: "Example: lodestar schedule list --format json")

    @OptionGroup var options: AgentOptions

    @Option(help: "text or json.")
    var format = Format.text

    private struct Row {
        var definition: ScheduleDefinition
        var next: Int64?
        var last: RecordedRun?
        var missedCount: Int
    }

    func run() throws {
        let settings = try options.settings()
        let rows: [Row] = try Terminal.reportingFaults { try self.rows(settings) }
        if format == .json { return Terminal.printJSON(Datum.list(rows.map { Self.datum($0) }).json) }
        if rows.isEmpty { return Terminal.print("no schedules in \(settings.schedules)") }
        let width = rows.map(\.definition.name.utf8.count).max() ?? 0
        for row in rows {
            let name = row.definition.name.padded(to: width)
            let next =
                row.definition.enabled
                ? row.next.map { "next \(Instant(milliseconds: $0).text())" } ?? "without ticks" : "switched off"
            let last = row.last.map { "; last \($0.line)" } ?? ""
            Terminal.print("\(name)  \(row.definition.expression?.text ?? "")  \(next)\(last)")
        }
    }

    private func rows(_ settings: AgentSettings) throws -> [Row] {
        let host = try HostIdentifier(root: settings.converge.root.text).hostIdentifier()
        let history = try options.history()
        let missed = Dictionary(
            try history?.jobs().map { ($0.name, $0.missedCount) } ?? [], uniquingKeysWith: { $1 })
        var zones = ZoneFiles(), rows: [Row] = []
        let now = Instant(milliseconds: RealClock.now.wall)
        for name in try DefinitionNames.names(in: settings.schedules.text) {
            let path = "\(settings.schedules)/\(name).json"
            guard let bytes = try LocalFiles.contents(of: path, limit: ScheduleDefinition.fileLimit) else { continue }
            do throws(DefinitionFault) {
                let definition = try ScheduleDefinition(file: bytes)
                let zone = zones.zone(definition.timezone)
                let plan = zone.flatMap { RunPlan(definition, hostIdentifier: host, zone: $0) }
                rows.append(
                    Row(
                        definition: definition, next: plan?.nextRun(after: now)?.start.milliseconds,
                        last: try? history?.runs(ofJob: name, limit: 1).first, missedCount: missed[name] ?? 0))
            } catch {
                Terminal.report("\(path): warning: \(error.message)")
            }
        }
        return rows
    }

    private static func datum(_ row: Row) -> Datum {
        [
            "name": .string(row.definition.name), "expression": .string(row.definition.expression?.text ?? ""),
            "timezone": .string(row.definition.timezone), "enabled": .bool(row.definition.enabled),
            "next": row.next.map { .string(Instant(milliseconds: $0).text()) } ?? .null,
            "missed": .int(Int64(row.missedCount)), "last": row.last.map { $0.datum(output: nil) } ?? .null,
        ]
    }
}
