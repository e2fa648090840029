import Agent
import Glibc
import Model
import SystemCalls

/// What commands ask over the local socket.
extension AgentProcess {
    /// Answers one line: `ok` or `error`, then what there is to say.
    func answer(_ line: String, _ now: Moment) -> String {
        let words = line.split(separator: " ", maxSplits: 2).map(String.init)
        switch words.first {
        case "status": return "ok\n" + (words.last == "json" ? status(now).datum.json : status(now).text) + "\n"
        case "pause", "pause-all":
            guard words.count == 3, let length = Int64(words[1]), (1000...366 * 86_400_000).contains(length) else {
                break
            }
            let isAll = words[0] == "pause-all"
            let pause = Pause(until: now.wall + length, reason: words[2], coversSchedules: isAll)
            loop.pause = pause
            remember(pause.text, as: "pause")
            log.write(.notice, "paused for \(length / 1000) s: \(words[2])")
            lastMetrics = 0
            return "ok\n"
        case "resume":
            loop.pause = nil
            remember(nil, as: "pause")
            log.write(.notice, "resumed")
            lastMetrics = 0
            return "ok\n"
        case "run":
            guard words.count == 2 else { break }
            guard let key = scheduler.runNow(words[1], at: now) else {
                return "error expected the name of a schedule, found `\(words[1])`\n"
            }
            return "ok\n\(key.id)\n"
        case "converge":
            guard loop.isOn else { return "error no source is set\n" }
            loop.want(.request)
            return "ok\n"
        default: break
        }
        return "error expected a request, found `\(line.prefix(80))`\n"
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
        status.mode = settings.converge.mode
        status.allowsChanges = loop.allowsChanges(at: now.wall)
        status.isConverging = loop.isRunning
        status.nextConverge = loop.next
        status.lastConverge = lastConverge
        status.pause = loop.pause
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
