import Agent
import Glibc
import Model
import OperatorFiles
import SystemCalls

/// Requests of commands over the local socket.
extension AgentProcess {
    /// Answers one line.
    func answer(_ line: String, _ now: Moment) -> String {
        guard let request = AgentRequest(line: line) else {
            return AgentAnswer.refused("expected a request, found `\(line.prefix(80))`").line
        }
        return perform(request, now).line
    }

    private func perform(_ request: AgentRequest, _ now: Moment) -> AgentAnswer {
        switch request {
        case .status:
            let status = status(now)
            return .status(status.datum, text: status.text)
        case .pause(let length, let reason, let coversSchedules):
            set(Pause(until: now.wall + length, reason: reason, coversSchedules: coversSchedules))
            log.write(.notice, "paused for \(length / 1000) s: \(reason)")
        case .resume:
            set(nil)
            log.write(.notice, "resumed")
        case .run(let job):
            guard let key = scheduler.runNow(job, at: now) else {
                return .refused("expected the name of a schedule, found `\(job)`")
            }
            return .run(key)
        case .converge:
            guard loop.isOn else { return .refused("no source is set") }
            loop.want(.request)
        }
        return .done
    }

    private func set(_ pause: Pause?) {
        loop.pause = pause
        remember { $0.pause = pause }
        lastMetrics = 0
    }

    func status(_ now: Moment) -> AgentStatus {
        var status = AgentStatus()
        status.version = context.version
        status.process = getpid()
        status.since = since.wall
        status.jobCount = scheduler.jobCount
        status.refusedCount = folder.refusedCount
        status.runningCount = scheduler.runningCount
        status.queuedCount = scheduler.queuedCount
        status.counts = scheduler.counts
        status.nextRun = scheduler.nextFire
        status.source = settings.converge.source?.text
        status.sourceState = sourceView.map { .init($0.state, $0.text, success: $0.status.success) }
        status.mode = settings.converge.mode
        status.allowsChanges = loop.allowsChanges(at: now.wall)
        status.isConverging = loop.isRunning
        status.nextConverge = loop.next
        status.lastConverge = kept.lastConverge
        status.pause = loop.pause
        if settings.report != nil {
            status.reports = (waiting: reports.waitingCount, dropped: reports.droppedCount)
        }
        return status
    }

    /// Writes the metrics when they have changed, at most once in 15 s but at once when it matters.
    func writeMetrics(_ now: Moment) {
        guard let path = settings.metrics?.text, now.boot >= lastMetrics + 15_000 || lastMetrics == 0 else { return }
        lastMetrics = now.boot
        let text = status(now).metrics
        guard text != writtenMetrics else { return }
        // A folder that is full or gone is tried again with the next metrics.
        guard (try? LocalFiles.write(Array(text.utf8), to: path, mode: 0o644, isDurable: false)) != nil else { return }
        writtenMetrics = text
    }
}
