import Agent
import ArgumentParser
import Model
import Scheduling
import State

/// `lodestar schedule history`: the runs of a schedule, the newest first.
struct ScheduleHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Lists the runs of a schedule, the newest first.",
        discussion: "Example: lodestar schedule history logrotate --limit 5 --output")

    @Argument(help: ArgumentHelp("The name of the schedule.", valueName: "job"))
    var job: String

    @OptionGroup var options: AgentOptions

    @Option(help: "How many runs.")
    var limit = 20

    @Flag(help: "With what the runs printed: the first 8 and the last 56 KiB.")
    var output = false

    @Option(help: "text or json.")
    var format = Format.text

    func run() throws {
        let history = try options.history()
        try Terminal.reportingFaults { try show(try history?.runs(ofJob: job, limit: limit) ?? [], history) }
    }

    private func show(_ runs: [RecordedRun], _ history: AgentHistory?) throws {
        let outputs = try runs.map { run in
            output ? try history.map { Self.text(try $0.output(of: run.run.key), run.outputByteCount) } ?? "" : nil
        }
        if format == .json {
            return Terminal.printJSON(Datum.list(zip(runs, outputs).map { $0.datum(output: $1) }).json)
        }
        if runs.isEmpty { return Terminal.print("no runs of \(job) yet") }
        for (run, output) in zip(runs, outputs) {
            Terminal.print(run.line)
            for line in (output ?? "").textLines(omittingEmpty: false)
            where output?.isEmpty == false {
                Terminal.print("    | \(line)")
            }
        }
    }

    private static func text(_ output: (head: [UInt8], tail: [UInt8]), _ count: Int) -> String {
        let omitted = count - output.head.count - output.tail.count
        let gap = omitted > 0 ? "\n... \(omitted) bytes left out ...\n" : ""
        return String(decoding: output.head, as: UTF8.self) + gap + String(decoding: output.tail, as: UTF8.self)
    }
}

extension RecordedRun {
    private static func time(_ wall: Int64) -> String { Instant(milliseconds: wall).text() }

    /// One line for a person.
    var line: String {
        var text = "\(Self.time(run.key.tick))  \(result?.replacing("_", with: " ") ?? phase)"
        if let exitStatus, exitStatus != 0 { text += " \(exitStatus)" }
        if let signal { text += " by signal \(signal)" }
        if let started { text += "  started \(Self.time(started))" }
        if let started, let ended { text += ", took \(Double(ended - started) / 1000) s" }
        if run.key.attempt > 1 { text += ", attempt \(run.key.attempt)" }
        if run.cause != .tick { text += ", \(run.cause.rawValue.replacing("_", with: " "))" }
        if let started, started - run.due > 1000 { text += ", waited \(Double(started - run.due) / 1000) s" }
        if let reason { text += "  (\(reason))" }
        return text
    }

    func datum(output: String?) -> Datum {
        func number(_ value: Int?) -> Datum { value.map { .int(Int64($0)) } ?? .null }
        func time(_ value: Int64?) -> Datum { value.map { .string(Self.time($0)) } ?? .null }
        var members: [Datum.Member] = [
            .init("run", .string(run.key.id)), .init("job", .string(run.key.job)), .init("tick", time(run.key.tick)),
            .init("attempt", .int(Int64(run.key.attempt))), .init("cause", .string(run.cause.rawValue)),
            .init("due", time(run.due)), .init("phase", .string(phase)), .init("started", time(started)),
            .init("ended", time(ended)), .init("result", result.map { .string($0) } ?? .null),
            .init("exit_code", number(exitStatus)), .init("signal", number(signal)),
            .init("reason", reason.map { .string($0) } ?? .null), .init("output_bytes", .int(Int64(outputByteCount))),
        ]
        if let output { members.append(.init("output", .string(output))) }
        return .map(members)
    }
}
