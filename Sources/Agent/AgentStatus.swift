public import Model
import Scheduling

/// How the last converge ended.
public struct ConvergeOutcome: Sendable, Hashable {
    public var run: ConvergeRun
    /// Milliseconds since 1970.
    public var started: Int64
    public var ended: Int64
    /// nil: it was killed.
    public var exitStatus: Int?

    public init(run: ConvergeRun, started: Int64, ended: Int64, exitStatus: Int?) {
        self.run = run
        self.started = started
        self.ended = ended
        self.exitStatus = exitStatus
    }

    /// The words for an exit code of `plan` and `apply` with `--detailed-exit-code` (Docs/commands.md).
    public var summary: String {
        guard let exitStatus else { return "killed" }
        switch exitStatus {
        case 0: return "in place"
        case 1...15 where exitStatus & 1 == 0:
            var parts: [String] = []
            if exitStatus & 2 != 0 { parts.append(run.mode == .apply ? "changed" : "differs") }
            if exitStatus & 4 != 0 { parts.append("failures") }
            if exitStatus & 8 != 0 { parts.append("unknowns") }
            return parts.joined(separator: ", ")
        case 65: return "site refused"
        case 66: return "site not found"
        case 69: return "source does not answer"
        case 75: return "locked"
        case 78: return "refused by a safety limit"
        case 79: return "newest commit not trusted"
        default: return "failed with \(exitStatus)"
        }
    }

    /// Whether the host is as declared, or would be after an apply.
    public var isHealthy: Bool { exitStatus == 0 || exitStatus == 2 }
}

/// How it stands with a source somewhere else, as the program that asks it says.
public struct AgentSourceState: Sendable, Hashable {
    public var state: SourceState
    /// Lines for people.
    public var text: String
    /// When a commit was taken last; seconds since 1970.
    public var success: Int64?

    public init(_ state: SourceState, _ text: String, success: Int64?) {
        (self.state, self.text, self.success) = (state, text, success)
    }
}

/// The content of `lodestar status`.
public struct AgentStatus: Sendable {
    public var version = ""
    public var process: Int32 = 0
    /// Milliseconds since 1970.
    public var since: Int64 = 0
    public var jobCount = 0
    public var refusedCount = 0
    public var runningCount = 0
    public var queuedCount = 0
    public var counts = RunCounts()
    public var nextRun: Int64?
    public var source: String?
    /// nil for one that is on this host.
    public var sourceState: AgentSourceState?
    public var mode = AgentSettings.Mode.report
    public var allowsChanges = true
    public var isConverging = false
    public var nextConverge: Int64?
    public var lastConverge: ConvergeOutcome?
    public var pause: Pause?
    /// How many reports wait for their receiver, and how many were dropped; nil without a receiver.
    public var reports: (waiting: Int, dropped: Int)?

    public init() {}

    private static func time(_ wall: Int64) -> Datum { .string(Instant(milliseconds: wall).text()) }

    public var datum: Datum {
        [
            "version": .string(version), "process": .int(Int64(process)), "since": Self.time(since),
            "paused": pause.map {
                [
                    "until": Self.time($0.until), "reason": .string($0.reason), "schedules": .bool($0.coversSchedules),
                ]
            } ?? .null,
            "schedules": [
                "jobs": .int(Int64(jobCount)), "refused": .int(Int64(refusedCount)),
                "running": .int(Int64(runningCount)), "queued": .int(Int64(queuedCount)),
                "started": .int(Int64(counts.startedCount)), "missed": .int(Int64(counts.missedCount)),
                "limited": .int(Int64(counts.limitedCount)), "greatest_lateness_ms": .int(counts.greatestLateness),
                "ended": .map(
                    RunResult.allCases.map { .init($0.rawValue, .int(Int64(counts.ends[$0] ?? 0))) }),
                "next": nextRun.map { Self.time($0) } ?? .null,
            ],
            "reports": reports.map { ["waiting": .int(Int64($0.waiting)), "dropped": .int(Int64($0.dropped))] }
                ?? .null,
            "converge": [
                "source": source.map { .string($0) } ?? .null,
                "source_state": sourceState.map { .string($0.state.rawValue) } ?? .null, "mode": .string(mode.rawValue),
                "allows_changes": .bool(allowsChanges), "running": .bool(isConverging),
                "next": nextConverge.map { Self.time($0) } ?? .null,
                "last": lastConverge.map { last in
                    [
                        "trigger": .string(last.run.trigger.rawValue), "mode": .string(last.run.mode.rawValue),
                        "started": Self.time(last.started), "ended": Self.time(last.ended),
                        "exit_code": last.exitStatus.map { .int(Int64($0)) } ?? .null,
                        "result": .string(last.summary),
                    ]
                } ?? .null,
            ],
        ]
    }

    /// The lines that a person reads.
    public var text: String {
        func time(_ wall: Int64) -> String { Instant(milliseconds: wall).text() }
        var lines = ["agent \(version), process \(process), since \(time(since))"]
        if let pause {
            lines.append("\(pause.coversSchedules ? "all " : "")paused until \(time(pause.until)): \(pause.reason)")
        }
        var schedules = "schedules: \(jobCount) jobs, \(runningCount) running, \(queuedCount) queued"
        if refusedCount > 0 { schedules += ", \(refusedCount) refused" }
        if let nextRun { schedules += "; next at \(time(nextRun))" }
        lines.append(schedules)
        let ends = RunResult.allCases.compactMap { result in
            counts.ends[result].map { "\($0) \(result.rawValue.replacing("_", with: " "))" }
        }
        let missed = counts.missedCount > 0 ? ["\(counts.missedCount) missed"] : []
        if !(ends + missed).isEmpty { lines.append("  since then: " + (ends + missed).joined(separator: ", ")) }
        if let reports { lines.append("reports: \(reports.waiting) waiting, \(reports.dropped) dropped") }
        guard let source else { return (lines + ["converge: off"]).joined(separator: "\n") }
        lines.append(
            "converge: \(source), mode \(mode.rawValue)\(allowsChanges ? "" : ", outside its windows")"
                + (isConverging ? ", running" : nextConverge.map { "; next at \(time($0))" } ?? ""))
        if let sourceState { lines += sourceState.text.textLines().map { "  \($0)" } }
        if let last = lastConverge {
            lines.append("  last: \(last.summary) (\(last.run.mode.rawValue), \(time(last.ended)))")
        }
        return lines.joined(separator: "\n")
    }

    /// The metrics in Prometheus' text format (its documentation, "Exposition formats").
    public var metrics: String {
        var text = ""
        func add(_ name: String, _ kind: String, _ help: String, _ samples: [(labels: String, value: Double)]) {
            text += "# HELP lodestar_\(name) \(help)\n# TYPE lodestar_\(name) \(kind)\n"
            for sample in samples {
                let whole = Int64(exactly: sample.value).map { String($0) } ?? "\(sample.value)"
                text += "lodestar_\(name)\(sample.labels) \(whole)\n"
            }
        }
        func one(_ name: String, _ kind: String, _ help: String, _ value: Double) {
            add(name, kind, help, [("", value)])
        }
        one("agent_start_time_seconds", "gauge", "When the agent started.", Double(since) / 1000)
        one("agent_paused", "gauge", "Whether converging is paused.", pause == nil ? 0 : 1)
        one("schedule_jobs", "gauge", "Jobs that are scheduled.", Double(jobCount))
        one("schedule_refused_files", "gauge", "Definitions that are refused.", Double(refusedCount))
        one("schedule_running", "gauge", "Runs that go on.", Double(runningCount))
        one("schedule_starts_total", "counter", "Runs started.", Double(counts.startedCount))
        one("schedule_missed_total", "counter", "Ticks missed and not caught up.", Double(counts.missedCount))
        one("schedule_limited_total", "counter", "Runs that waited for the host's limits.", Double(counts.limitedCount))
        one(
            "schedule_lateness_seconds_sum", "counter", "Time from the due instant to the start, summed up.",
            Double(counts.latenessSum) / 1000)
        add(
            "schedule_ends_total", "counter", "Runs ended, by result.",
            RunResult.allCases.map { ("{result=\"\($0.rawValue)\"}", Double(counts.ends[$0] ?? 0)) })
        if let reports {
            one("reports_waiting", "gauge", "Reports that wait for their receiver.", Double(reports.waiting))
            one("reports_dropped_total", "counter", "Reports dropped because too many waited.", Double(reports.dropped))
        }
        if let sourceState {
            add(
                "source_state", "gauge", "How it stands with the source of the site: 1 for the state that it is in.",
                SourceState.allCases.map { ("{state=\"\($0.rawValue)\"}", $0 == sourceState.state ? 1 : 0) })
            if let success = sourceState.success {
                one("source_success_time_seconds", "gauge", "When a commit was taken last.", Double(success))
            }
        }
        guard let last = lastConverge else { return text }
        let label = "{mode=\"\(last.run.mode.rawValue)\"}"
        add("converge_end_time_seconds", "gauge", "When the last converge ended.", [(label, Double(last.ended) / 1000)])
        add(
            "converge_duration_seconds", "gauge", "How long the last converge took.",
            [(label, Double(last.ended - last.started) / 1000)])
        add(
            "converge_exit_code", "gauge", "The exit code of the last converge, with details; -1 when it was killed.",
            [(label, Double(last.exitStatus ?? -1))])
        one(
            "converge_healthy", "gauge", "Whether the last converge neither failed nor was refused.",
            last.isHealthy ? 1 : 0)
        return text
    }
}
