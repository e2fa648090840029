import Agent
import Glibc
import LinuxHost
import Model
import Scheduling
import State
import SystemCalls

/// The converge loop's child process and what it leaves.
extension AgentProcess {
    private var outputPath: String { "\(settings.state.text)/converge.out" }
    private static let outputLimit = 4 << 20

    /// Runs `lodestar apply` or `plan` as the keeper's child: the agent stays small and survives its failure.
    func converge(_ run: ConvergeRun, _ now: Moment) {
        guard let source = settings.converge.source else { return }
        // Before each one: who may write the site decides what root does.
        if let objection = PathTrust.objection(toAllBelow: source.text) {
            remember("\(run.trigger.rawValue) \(run.mode.rawValue) \(now.wall)", as: "converge")
            let said = "error: cannot use \(source.text): \(objection)"
            log.write(.warning, said)
            return concludeConverge(65, said: said, now)
        }
        LocalFiles.remove(outputPath)
        do throws(HostFault) {
            try HostIdentifier(root: settings.converge.root.text).collect()
        } catch {
            log.write(.warning, error.text)
        }
        let verb = run.mode == .apply ? "apply" : "plan"
        var request = LaunchRequest(
            run: "@converge.\(now.wall).1",
            arguments: [
                ThisProcess.programPath, verb, source.text, "--root", settings.converge.root.text, "--format", "json",
                "--detailed-exit-code",
            ], environment: [SearchPath.variable, "LC_ALL=C.UTF-8", "HOME=/root", "SWIFT_BACKTRACE=enable=no"])
        request.outputFile = outputPath
        request.uid = geteuid()
        request.gid = getegid()
        request.timeout = settings.converge.timeout.wholeMilliseconds
        remember("\(run.trigger.rawValue) \(run.mode.rawValue) \(now.wall)", as: "converge")
        do throws(LaunchFault) {
            try keeper.start(request)
            log.write(.info, "\(verb) of \(source.text) because of \(run.trigger.rawValue)")
        } catch {
            concludeConverge(nil, said: error.reason, now)
        }
    }

    func hearConverge(_ event: KeeperEvent, _ now: Moment) {
        switch event.kind {
        case .started: if !loop.isRunning { loop.adopt() }
        case .ended(let end):
            keeper.forget(event.run)
            let said = String(decoding: (end.head + end.tail).prefix(8192), as: UTF8.self)
            concludeConverge(end.exitStatus, said: end.reason ?? said, now)
        }
    }

    /// Writes the report and lets the next converge come.
    func concludeConverge(_ exitStatus: Int?, said: String, _ now: Moment) {
        let began = (kept("converge") ?? "").split(separator: " ").map(String.init)
        let run = ConvergeRun(
            trigger: began.first.flatMap { ConvergeTrigger(rawValue: $0) } ?? .interval,
            mode: began.dropFirst().first.flatMap { AgentSettings.Mode(rawValue: $0) } ?? .report)
        let started = began.dropFirst(2).first.flatMap { Int64($0) } ?? now.wall
        let outcome = ConvergeOutcome(run: run, started: started, ended: now.wall, exitStatus: exitStatus)
        let output = (try? LocalFiles.stateContents(of: outputPath, limit: Self.outputLimit)) ?? []
        let reports = ReportLog(
            path: settings.reportsPath, size: Int(clamping: settings.reportSize.bytes), count: settings.reportCount)
        do throws(HostFault) {
            try reports.append(ReportLog.line(outcome, output: output, said: said))
        } catch {
            log.write(.error, error.text)
        }
        LocalFiles.remove(outputPath)
        lastConverge = outcome
        remember(nil, as: "converge")
        let status = exitStatus.map { String($0) } ?? "-"
        remember("\(run.trigger.rawValue) \(run.mode.rawValue) \(started) \(now.wall) \(status)", as: "last_converge")
        loop.ended(now, isLocked: exitStatus == 75)
        log.write(outcome.isHealthy ? .info : .warning, "\(run.mode.rawValue): \(outcome.summary)")
        lastMetrics = 0
    }

    /// What an earlier agent knew of the loop: the pause, the last converge, and one that still goes on.
    func restoreConverge() {
        loop.pause = kept("pause").flatMap { Pause(text: $0) }
        let words = (kept("last_converge") ?? "").split(separator: " ").map(String.init)
        guard words.count == 5, let trigger = ConvergeTrigger(rawValue: words[0]),
            let mode = AgentSettings.Mode(rawValue: words[1]), let started = Int64(words[2]),
            let ended = Int64(words[3])
        else { return }
        lastConverge = ConvergeOutcome(
            run: ConvergeRun(trigger: trigger, mode: mode), started: started, ended: ended, exitStatus: Int(words[4]))
    }

    func kept(_ name: String) -> String? {
        (try? history.kept(name)).flatMap { $0 }
    }

    func remember(_ value: String?, as name: String) {
        do {
            try database.keep(value, as: name)
        } catch {
            log.write(.error, error.text)
        }
    }
}
