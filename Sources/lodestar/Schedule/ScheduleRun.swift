import Agent
import ArgumentParser
import LinuxHost
import Model
import State

/// `lodestar schedule run`: a run of a schedule, now.
struct ScheduleRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Asks the agent to run a schedule now.",
        discussion: "Example: lodestar schedule run logrotate --wait")

    @Argument(help: ArgumentHelp("The name of the schedule.", valueName: "job"))
    var job: String

    @OptionGroup var options: AgentOptions

    @Flag(help: "Waits for the end, prints the output, and fails when the run failed.")
    var wait = false

    func run() throws {
        let settings = try options.settings()
        let id = try options.ask("run \(job)").withoutLastNewline
        guard wait, let key = RunKey(id: id) else { return Terminal.print(id) }
        try Converge.guarding {
            let history = try AgentHistory(reading: settings.databasePath)
            while true {
                let run = try history.runs(ofJob: job, limit: 100).first { $0.run.key == key && $0.phase == "ended" }
                guard let run else {
                    WallClock.sleep(milliseconds: 100)
                    continue
                }
                let output = try history.output(of: key)
                LocalFiles.writeAll(output.head + output.tail, to: 1)
                Terminal.report(run.line)
                if run.result != RunResult.succeeded.rawValue { throw ExitStatus.failure }
                return
            }
        }
    }
}
