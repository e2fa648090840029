import Agent
import Glibc
import LinuxHost
import Model
import OperatorFiles
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
        var run = run
        isHeld = run.mode == .apply && sourceView?.isBreakerOpen == true
        if isHeld {
            run.mode = .report
            log.write(.warning, "the commit has failed here too often: it is only reported")
        }
        // Before each one: who may write the site decides what root does.
        if let objection = source.objection() {
            remember { $0.begun = .init(run, started: now.wall) }
            let errorText = "error: cannot use \(source.text): \(objection)"
            log.write(.warning, errorText)
            return concludeConverge(65, errorText: errorText, now)
        }
        LocalFiles.remove(outputPath)
        do throws(HostFault) {
            try HostIdentifier(root: settings.converge.root.text).collect()
        } catch {
            log.write(.warning, error.text)
        }
        let words = settings.converge.command(run.mode, root: settings.converge.root.text) ?? []
        var request = LaunchRequest(
            run: "@converge.\(now.wall).1",
            arguments: [ThisProcess.programPath] + words + ["--format", "json", "--detailed-exit-code"]
                + (settings.converge.trust != nil && run.trigger.isRoutine ? ["--patient"] : []),
            environment: SearchPath.ownEnvironment)
        request.outputFile = outputPath
        request.uid = geteuid()
        request.gid = getegid()
        request.timeout = settings.converge.timeout.wholeMilliseconds
        remember { $0.begun = .init(run, started: now.wall) }
        do throws(LaunchFault) {
            try keeper.start(request)
            log.write(.info, "\(run.mode.command) of \(source.text) because of \(run.trigger.rawValue)")
        } catch {
            concludeConverge(nil, errorText: error.reason, now)
        }
    }

    /// How it stands with the source; nil for one of this host, and before anything is known.
    var sourceView: SourceView? {
        guard let source = settings.converge.source, source.isFollowed else { return nil }
        return try? SourceView(
            source, in: StateFolder.path(below: settings.converge.root.text),
            within: settings.converge.trust?.longestAge?.components.seconds, breaker: settings.converge.breaker)
    }

    func handleConverge(_ event: KeeperEvent, _ now: Moment) {
        switch event.kind {
        case .started: if !loop.isRunning { loop.adopt() }
        case .ended(let end):
            keeper.forget(event.run)
            let errorText = String(decoding: (end.head + end.tail).prefix(8192), as: UTF8.self)
            concludeConverge(end.exitStatus, errorText: end.reason ?? errorText, now)
        }
    }

    /// Writes the report and lets the next converge come.
    ///
    /// - Parameter errorText: what the command printed on standard error, or why there was none.
    func concludeConverge(_ exitStatus: Int?, errorText: String, _ now: Moment) {
        let begun = kept.begun ?? .init(ConvergeRun(trigger: .interval, mode: .report), started: now.wall)
        let outcome = ConvergeOutcome(run: begun.run, started: begun.started, ended: now.wall, exitStatus: exitStatus)
        let output = (try? LocalFiles.stateContents(of: outputPath, limit: Self.outputLimit)) ?? []
        let source = sourceView
        let line = ReportLog.line(
            outcome, output: output, errorText: errorText, source: source?.datum, identity: identity())
        let reports = ReportLog(
            path: settings.reportsPath, size: Int(clamping: settings.reportSize.bytes), count: settings.reportCount)
        do throws(HostFault) {
            try reports.append(line)
        } catch {
            log.write(.error, error.text)
        }
        spool(line)
        LocalFiles.remove(outputPath)
        remember {
            $0.begun = nil
            $0.lastConverge = outcome
        }
        // Another commit has come.
        if isHeld, source?.isBreakerOpen == false { loop.want(.change) }
        loop.ended(now, isLocked: exitStatus == 75, againAfter: source?.wait(from: SystemClock.seconds))
        log.write(outcome.isHealthy ? .info : .warning, "\(begun.run.mode.rawValue): \(outcome.summary)")
        lastMetrics = 0
    }
}

/// What is kept between agents.
extension AgentProcess {
    private static let stateName = "state"

    /// The state of the loop of an earlier agent: the pause, the last converge, and one that still goes on.
    func restoreState() {
        if let text = stored(Self.stateName), let datum = try? Datum(json: Array(text.utf8)) {
            kept = KeptState(datum)
        }
        // Version 0.1 kept words under three names. Of these only the pause is taken over, and before what is older: only an
        // agent of that version writes them.
        let older = ["pause", "converge", "last_converge"]
        if older.contains(where: { stored($0) != nil }) {
            if let words = stored("pause") { remember { $0.pause = Pause(words: words) } }
            for name in older { try? database.keep(nil, as: name) }
        }
        loop.pause = kept.pause
    }

    func stored(_ name: String) -> String? {
        (try? history.kept(name)).flatMap { $0 }
    }

    /// Changes what the next agent is to know.
    func remember(_ change: (inout KeptState) -> Void) {
        change(&kept)
        do {
            try database.keep(kept.datum.compactJSON, as: Self.stateName)
        } catch {
            log.write(.error, error.text)
        }
    }
}
