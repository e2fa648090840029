import HeapModule
import Scheduling

/// Which claimed runs start: overlap, groups, the limits of the host.
extension Scheduler {
    func startDue(_ now: Moment) {
        while let first = waiting.min, first.due <= now.wall {
            waiting.removeMin()
            guard let active = runs[first.key], active.phase == .waiting else { continue }
            if isMissed(active.run, now) {
                end(first.key, RunEnd(.skipped, ended: now.wall, reason: "nobody was there at its instant"), now)
            } else {
                admit(first.key, now)
            }
        }
    }

    /// A claim that the agent, or the disk, has come back to too late.
    private func isMissed(_ run: Run, _ now: Moment) -> Bool {
        run.cause == .tick && now.wall - run.due > Self.grace && jobs[run.key.job]?.isIndifferentToMisses == true
    }

    /// Gives a run the place of its job, or lets it wait for one, or ends it without.
    func admit(_ key: RunKey, _ now: Moment) {
        guard let run = runs[key]?.run else { return }
        guard let job = jobs[key.job] else {
            return end(key, RunEnd(.skipped, ended: now.wall, reason: "its job is declared no more"), now)
        }
        guard job.active.count < job.placeCount else { return overlap(run, job, now) }
        job.active.append(key)
        guard let group = job.description.group else { return enqueue(key, now) }
        if groups[group] == nil {
            groups[group] = key
            enqueue(key, now)
        } else {
            runs[key]?.phase = .queued
            groupQueues[group, default: Queue()].append(key)
        }
    }

    func enqueue(_ key: RunKey, _ now: Moment) {
        runs[key]?.phase = .ready
        runs[key]?.readySince = now.wall
        ready.append(key)
    }

    private func overlap(_ run: Run, _ job: Job, _ now: Moment) {
        let waits = run.cause == .catchUp || run.cause == .retry
        switch job.description.overlap {
        case .queue: queue(run, job, limit: waits ? Self.queueLimit : 1, now)
        case .skip, .allow(_):
            if waits { return queue(run, job, limit: Self.queueLimit, now) }
            end(run.key, RunEnd(.skipped, ended: now.wall, reason: "another run was still going on"), now)
        case .replace:
            let replaced = job.queue + job.active.filter { runs[$0]?.isLive != true }
            let live = job.active.filter { runs[$0]?.isLive == true }
            job.queue = []
            for key in replaced { end(key, RunEnd(.replaced, ended: now.wall), now) }
            if live.isEmpty { return admit(run.key, now) }
            queue(run, job, limit: 1, now)
            for key in live { runner.stop(key) }
        }
    }

    private func queue(_ run: Run, _ job: Job, limit: Int, _ now: Moment) {
        guard job.queue.count < limit else {
            let reason = limit == 1 ? "another run was already waiting" : "\(limit) other runs were already waiting"
            return end(run.key, RunEnd(.skipped, ended: now.wall, reason: reason), now)
        }
        runs[run.key]?.phase = .queued
        job.queue.append(run.key)
    }

    func startReady(_ now: Moment) {
        while let key = ready.first {
            guard runs[key]?.phase == .ready else {
                _ = ready.removeFirst()
                continue
            }
            guard liveCount < limits.concurrentCount, bucket.take(at: now.boot) else { break }
            _ = ready.removeFirst()
            start(key, now)
        }
    }

    private func start(_ key: RunKey, _ now: Moment) {
        guard let active = runs[key] else { return }
        let run = active.run
        if let since = active.readySince, now.wall > since { counts.limitedCount += 1 }
        runs[key]?.phase = .starting
        runs[key]?.keepsOutput = jobs[key.job]?.description.keepsOutput
        liveCount += 1
        counts.startedCount += 1
        let lateness = max(0, now.wall - run.due)
        counts.latenessSum += lateness
        counts.greatestLateness = max(counts.greatestLateness, lateness)
        do throws(LaunchFault) {
            try runner.start(run)
        } catch {
            end(key, RunEnd(.notStarted, ended: now.wall, reason: error.reason), now)
        }
    }
}
