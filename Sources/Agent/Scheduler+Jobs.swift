/// Which jobs there are.
extension Scheduler {
    /// Takes a job, new or changed or as it was. A schedule that is the same goes on where it was; another one drops the
    /// ticks that have not fired and keeps its distance from the last start.
    ///
    /// - Parameter stored: what the journal knows of it, when the agent starts.
    public func take(_ description: JobDescription, stored: StoredJob? = nil, at now: Moment) {
        guard ClockWatch.isPlausible(now) else {
            unplaced.removeAll { $0.0.name == description.name }
            return unplaced.append((description, stored))
        }
        if let job = jobs[description.name] {
            let past = job.stored
            job.description = description
            if past.timing != description.timing { place(job, after: past, now) }
            return
        }
        let job = Job(description, watermark: stored?.watermark ?? now.wall, stored: stored)
        jobs[description.name] = job
        place(job, after: stored, now)
        // Runs of before that are still going on keep their place.
        job.active = held.removeValue(forKey: description.name) ?? []
        if let group = description.group, let holder = job.active.first { groups[group] = holder }
    }

    /// Lets go of a job that is declared no more. What runs goes on; what waits is dropped when it would start.
    public func remove(_ name: String, at now: Moment) {
        unplaced.removeAll { $0.0.name == name }
        guard let job = jobs.removeValue(forKey: name) else { return }
        job.generation &+= 1
        note(.removed(name), now)
        for key in job.queue { end(key, RunEnd(.skipped, ended: now.wall, reason: "its job is declared no more"), now) }
    }

    /// Gives the jobs that came too early their place, as soon as the clock is plausible.
    func placeAll(_ now: Moment) {
        guard !unplaced.isEmpty else { return }
        let early = unplaced
        unplaced = []
        for (description, stored) in early { take(description, stored: stored, at: now) }
    }

    private func place(_ job: Job, after past: StoredJob?, _ now: Moment) {
        switch job.description.recurrence {
        case .ticks(let source): place(job, source, after: past, now)
        case .boot:
            let isDone = past?.bootID == bootID && past?.timing == job.description.timing
            setNext(job, isDone ? nil : Tick(nominal: now.wall, fire: now.wall))
        case .after(let delay):
            let end = past?.bootID == bootID ? past?.lastEndBoot : nil
            let due = end.map { $0 + delay } ?? now.boot + job.description.share(of: delay)
            let fire = max(now.wall, now.wall(atBoot: due))
            setNext(job, Tick(nominal: fire, fire: fire))
        }
    }

    private func place(_ job: Job, _ source: any TickSource, after past: StoredJob?, _ now: Moment) {
        if let past, past.timing == job.description.timing {
            job.watermark = past.watermark
            resetFromFuture(job, source, now)
            return setNext(job, source.tick(after: job.watermark))
        }
        var bound = now.wall
        if let past, let lastStart = past.lastStart, past.period > 0, job.description.period > 0 {
            bound = max(bound, min(lastStart, now.wall) + min(past.period, job.description.period) / 2)
        }
        let first = source.first(firingAfter: bound)
        job.watermark = first.map { $0.nominal - 1 } ?? now.wall
        setNext(job, first)
        note(.job(job.stored), now)
    }

    func setNext(_ job: Job, _ tick: Tick?) {
        job.next = tick
        job.generation &+= 1
        if let tick { ticks.insert(TickEntry(fire: tick.fire, generation: job.generation, job: job)) }
    }

    /// A watermark far in the future was made by a wrong clock that has been set right since.
    @discardableResult
    func resetFromFuture(_ job: Job, _ source: any TickSource, _ now: Moment) -> Bool {
        guard job.watermark > now.wall + Self.farFuture else { return false }
        onMessage(
            "\(job.description.name): its last tick lies \((job.watermark - now.wall) / 3_600_000) h in the future; "
                + "it goes on from now", true)
        job.watermark = source.latest(firedBy: now.wall)?.nominal ?? now.wall
        note(.job(job.stored), now)
        return true
    }

    /// Follows a clock that was set: what waits keeps its distance, ticks keep their instants.
    func follow(_ step: Int64, _ now: Moment) {
        onMessage("the clock was set \(step > 0 ? "forward" : "backward") by \(abs(step)) ms", abs(step) > 60_000)
        waiting = moved(waiting, by: step)
        planned = moved(planned, by: step)
        for job in jobs.values {
            switch job.description.recurrence {
            case .ticks(let source):
                if resetFromFuture(job, source, now) { setNext(job, source.tick(after: job.watermark)) }
            case .boot: break
            case .after:
                if let next = job.next { setNext(job, Tick(nominal: next.nominal, fire: next.fire &+ step)) }
            }
        }
    }

    private func moved(_ heap: Heap<DueRun>, by step: Int64) -> Heap<DueRun> {
        var old = heap, new = Heap<DueRun>()
        while let run = old.removeFirst() {
            new.insert(DueRun(due: run.due &+ step, key: run.key))
            runs[run.key]?.run.due = run.due &+ step
        }
        return new
    }
}
