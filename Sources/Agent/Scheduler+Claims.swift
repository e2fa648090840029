import HeapModule
import Scheduling

/// Which ticks become runs.
extension Scheduler {
    /// Once something must be claimed, all that comes soon is claimed with it.
    func claimDue(_ now: Moment, grace: Int64) {
        dropOldTicks()
        let first = min(ticks.min?.fire ?? Int64.max, planned.min?.due ?? Int64.max)
        guard first <= now.wall + Self.lead else { return }
        while true {
            dropOldTicks()
            guard let entry = ticks.min, entry.fire <= now.wall + Self.horizon else { break }
            ticks.removeMin()
            claim(entry.job, now, grace: grace)
        }
        claimPlanned(now)
    }

    private func claim(_ job: Job, _ now: Moment, grace: Int64) {
        guard let tick = job.next else { return }
        switch job.description.recurrence {
        case .ticks(let source): claim(job, source, from: tick, now, grace: grace)
        case .boot, .after:
            let isBoot = if case .boot = job.description.recurrence { true } else { false }
            let nominal = max(tick.fire, job.watermark + 1)
            claim(job, Tick(nominal: nominal, fire: tick.fire), isBoot ? .boot : .after, now)
            job.watermark = nominal
            job.bootID = bootID
            setNext(job, nil)
        }
        note(.job(job.stored), now)
    }

    /// Decides about all ticks of a job up to now: the last one runs when it is not too late, those before are missed.
    private func claim(_ job: Job, _ source: any TickSource, from tick: Tick, _ now: Moment, grace: Int64) {
        var last = tick, missedCount = 0, isLastRun = true
        if tick.fire <= now.wall {
            last = source.latest(firedBy: now.wall) ?? tick
            isLastRun = now.wall - last.fire <= grace
            if last.nominal > tick.nominal {
                missedCount = source.count(from: tick.nominal, through: last.nominal) - 1
            }
            if !isLastRun { missedCount += 1 }
        }
        job.watermark = last.nominal
        job.ranFrom = isLastRun ? (missedCount > 0 ? nil : job.ranFrom) ?? last.nominal : nil
        setNext(job, source.tick(after: last.nominal))
        if isLastRun { claim(job, last, .tick, now) }
        if missedCount > 0 { miss(missedCount, upTo: last, of: job, source, isLastRun: isLastRun, now) }
    }

    private func claim(_ job: Job, _ tick: Tick, _ cause: Cause, _ now: Moment) {
        job.lastStart = max(tick.fire, now.wall)
        let run = Run(key: RunKey(job: job.description.name, tick: tick.nominal), cause: cause, due: tick.fire)
        claim(run, now)
    }

    func claim(_ run: Run, _ now: Moment) {
        if let active = runs[run.key], active.phase != .planned { return }
        runs[run.key] = ActiveRun(run: run, phase: .claiming)
        claiming.append(run.key)
        note(.claim(run, keeper, at: now.wall), now)
    }

    /// Counts misses and plans what catches up, once, at an instant that is kept.
    private func miss(
        _ count: Int, upTo last: Tick, of job: Job, _ source: any TickSource, isLastRun: Bool, _ now: Moment
    ) {
        var caught = 0
        switch job.description.catchUp {
        case .skip, .automatic: break
        case .once: caught = isLastRun ? 0 : 1
        case .all(let limit): caught = min(count, limit)
        }
        var tick: Tick? = isLastRun ? source.tick(before: last.nominal) : last
        let span = min(300_000, max(0, (job.next?.fire ?? Int64.max) - now.wall))
        let due = now.wall + job.description.share(of: span)
        for _ in 0..<caught {
            guard let missed = tick else { break }
            plan(Run(key: RunKey(job: job.description.name, tick: missed.nominal), cause: .catchUp, due: due), now)
            tick = source.tick(before: missed.nominal)
        }
        job.missedCount += count - caught
        counts.missedCount += count - caught
        if count > caught {
            onMessage("\(job.description.name): missed \(count - caught) runs", false)
        }
    }

    func plan(_ run: Run, _ now: Moment) {
        guard runs[run.key] == nil else { return }
        runs[run.key] = ActiveRun(run: run, phase: .planned)
        planned.insert(DueRun(due: run.due, key: run.key))
        note(.plan(run), now)
    }

    private func claimPlanned(_ now: Moment) {
        while let first = planned.min, first.due <= now.wall + Self.horizon {
            planned.removeMin()
            if let active = runs[first.key], active.phase == .planned { claim(active.run, now) }
        }
    }

    /// Makes a run that an operator asks for, now.
    ///
    /// - Returns: nil when there is no such job.
    public func runNow(_ name: String, at now: Moment) -> RunKey? {
        guard jobs[name] != nil, ClockWatch.isPlausible(now) else { return nil }
        var key = RunKey(job: name, tick: now.wall)
        while runs[key] != nil { key.tick += 1 }
        claim(Run(key: key, cause: .manual, due: now.wall), now)
        return key
    }
}
