import ArgumentParser
import Engine
import Model
import Resources
import State

/// `lodestar script list`: the scripts of this host.
struct ScriptList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the scripts of this host and whether they are as declared.",
        discussion: "Example: lodestar script list --format json")

    @OptionGroup var options: PastOptions

    func run() throws {
        let session = try HostSession(root: options.root)
        let entries = try Terminal.reportingFaults { try options.database()?.ledger() ?? [] }
        let rows = DeclaredScripts(entries).scripts.map { (script: $0, state: Self.state(of: $0, on: session)) }
        if options.format == .json {
            return Terminal.printJSON(Datum.list(rows.map { Self.datum($0.script, $0.state) }).json)
        }
        if rows.isEmpty { return Terminal.print("no scripts are declared for this host") }
        func width(_ texts: [String]) -> Int { texts.map(\.utf8.count).max() ?? 0 }
        let names = width(rows.map(\.script.name)), versions = width(rows.map { $0.script.script.version ?? "-" })
        for (script, state) in rows {
            let version = script.script.version ?? "-"
            let columns = [
                script.name.padded(to: names), version.padded(to: versions),
                state.replacing("_", with: " ").padded(to: 8), script.path.text, script.script.about ?? "",
            ]
            Terminal.print(columns.joined(separator: "  ").trimmed)
        }
    }

    private static func state(of script: RecordedScript, on session: HostSession) -> String {
        (try? script.state(on: session.host).rawValue) ?? "unreadable"
    }

    private static func datum(_ recorded: RecordedScript, _ state: String) -> Datum {
        let script = recorded.script
        return [
            "name": .string(recorded.name), "version": script.version.map { .string($0) } ?? .null,
            "state": .string(state), "path": .string(recorded.path.text),
            "doc": script.about.map { .string($0) } ?? .null,
            "timeout": .string((script.timeout ?? Script.standardTimeout).text),
            "run_as": .string("\(script.runAs ?? .name(.root))"),
        ]
    }
}
