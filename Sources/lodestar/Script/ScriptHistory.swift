import ArgumentParser
import Model
import Scheduling
import State

/// `lodestar script history`: the runs of scripts, the newest first.
struct ScriptHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists who ran which script, the newest run first.",
        discussion: "Example: lodestar script history backup --limit 5")

    @Argument(help: ArgumentHelp("The name of a script; all of them without one.", valueName: "name"))
    var name: String?

    @OptionGroup var options: PastOptions

    @Option(help: "How many runs.")
    var limit = 20

    func run() throws {
        let runs = try Terminal.reportingFaults { try options.database()?.scriptRuns(of: name, limit: limit) ?? [] }
        if options.format == .json { return Terminal.printJSON(Datum.list(runs.map(\.datum)).json) }
        if runs.isEmpty { return Terminal.print("no runs\(name.map { " of \($0)" } ?? "") yet") }
        for run in runs { Terminal.print(run.line) }
    }
}

extension ScriptRunRecord {
    private var moment: String { Instant(milliseconds: started).text() }

    fileprivate var line: String {
        var text = "\(moment)  \(script)\(version.map { " \($0)" } ?? "")  \(caller)"
        text += "  \((ending ?? "cut_short").replacing("_", with: " "))"
        if let exitStatus { text += " \(exitStatus)" }
        if let duration { text += ", took \(Double(duration) / 1000) s" }
        return isForced ? text + ", forced: its file was not as declared" : text
    }

    fileprivate var datum: Datum {
        func number(_ value: Int?) -> Datum { value.map { .int(Int64($0)) } ?? .null }
        return [
            "script": .string(script), "version": version.map { .string($0) } ?? .null, "started": .string(moment),
            "milliseconds": duration.map { .int($0) } ?? .null, "exit_code": number(exitStatus),
            "ending": .string(ending ?? "cut_short"), "caller": .string(caller), "login_uid": number(login),
            "forced": .bool(isForced),
        ]
    }
}
