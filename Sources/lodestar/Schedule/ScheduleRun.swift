import Agent
import ArgumentParser
import Model
import State
import SystemCalls

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
        guard case .run(let key) = try options.ask(.run(job: job)) else { throw ExitStatus.failure }
        if !wait { return Terminal.print(key.id) }
        let patience = Patience(seconds: 60)
        try Terminal.reportingFaults {
            while true {
                let history = try options.history()
                let run = try history?.runs(ofJob: job, limit: 100).first { $0.run.key == key && $0.phase == "ended" }
                if let run, let history {
                    let output = try history.output(of: key)
                    LocalFiles.writeAll(output.head + output.tail, to: 1)
                    Terminal.report(run.line)
                    if run.result != RunResult.succeeded.rawValue { throw ExitStatus.failure }
                    return
                }
                SystemClock.sleep(milliseconds: 100)
                // Without an agent the end is not recorded; a restarted agent comes back.
                guard try patience.isOver(unless: { try options.isAgentThere() }) else { continue }
                Terminal.report("error: expected an agent that tells the end of \(key.id), found none for 60 s")
                throw ExitStatus.unavailable
            }
        }
    }
}

/// Asks every few seconds whether there is still reason to wait.
private final class Patience {
    private let seconds: UInt64
    private var hopeful = SystemClock.monotonicNanoseconds
    private var asked = SystemClock.monotonicNanoseconds

    init(seconds: UInt64) {
        self.seconds = seconds
    }

    func isOver(unless hasReason: () throws -> Bool) rethrows -> Bool {
        let now = SystemClock.monotonicNanoseconds
        guard now - asked > 5_000_000_000 else { return false }
        asked = now
        if try hasReason() { hopeful = now }
        return now - hopeful > seconds * 1_000_000_000
    }
}
