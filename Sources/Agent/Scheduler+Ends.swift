import Model
import Scheduling

/// The ends of runs, and the retries that follow.
extension Scheduler {
    /// The keeper has started a process.
    public func started(_ key: RunKey, _ process: ProcessIdentity, at wall: Int64, _ now: Moment) {
        guard let active = runs[key], active.phase == .starting else { return }
        runs[key]?.phase = .running
        runs[key]?.started = wall
        note(.started(key, process, at: wall), now)
    }

    /// A run has ended; its keeper holds what it knows until the end is on the disk.
    public func ended(_ key: RunKey, _ runEnd: RunEnd, _ now: Moment) {
        guard runs[key] != nil else { return runner.forget(key) }
        forgettable.append(key)
        end(key, runEnd, now)
    }

    /// Writes an end down, gives the place to the next one, and plans another attempt where that may help.
    func end(_ key: RunKey, _ runEnd: RunEnd, _ now: Moment) {
        guard let active = runs.removeValue(forKey: key) else { return }
        if active.isLive { liveCount -= 1 }
        counts.ends[runEnd.result, default: 0] += 1
        let recorded = keepsOutput(active) ? runEnd : runEnd.withoutOutput
        note(.ended(key, recorded, cause: active.run.cause, due: active.run.due), now)
        guard let job = jobs[key.job] else { return release(key, nil, now) }
        job.queue.removeAll { $0 == key }
        if case .after(let delay) = job.description.recurrence {
            if runEnd.started != nil { job.lastEndBoot = now.boot }
            let fire = now.wall + delay
            setNext(job, Tick(nominal: fire, fire: fire))
            note(.job(job.stored), now)
        }
        if runEnd.result.isFailure { retry(active.run, job, now) }
        release(key, job, now)
    }

    /// The output of a job that is no longer defined is not kept: the output may hold a secret.
    private func keepsOutput(_ active: ActiveRun) -> Bool {
        active.keepsOutput ?? jobs[active.run.key.job]?.description.keepsOutput ?? false
    }

    private func release(_ key: RunKey, _ job: Job?, _ now: Moment) {
        for (group, holder) in groups where holder == key {
            groups[group] = nil
            while let next = groupQueues[group]?.removeFirst() {
                guard runs[next]?.phase == .queued else { continue }
                groups[group] = next
                enqueue(next, now)
                break
            }
        }
        guard let job, let index = job.active.firstIndex(of: key) else { return }
        job.active.remove(at: index)
        if !job.queue.isEmpty { admit(job.queue.removeFirst(), now) }
    }

    /// Another attempt comes only before the next tick.
    private func retry(_ run: Run, _ job: Job, _ now: Moment) {
        let retry = job.description.retry
        guard run.key.attempt <= retry.max else { return }
        let due = now.wall + retry.backoff.wholeMilliseconds << Int64(min(run.key.attempt - 1, 20))
        if let next = job.next?.fire, due >= next {
            return onMessage("\(run.key.id): failed; its next attempt would come after the next tick", true)
        }
        let key = RunKey(job: run.key.job, tick: run.key.tick, attempt: run.key.attempt + 1)
        plan(Run(key: key, cause: .retry, due: due), now)
    }
}
