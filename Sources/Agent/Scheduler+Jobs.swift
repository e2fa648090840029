import HeapModule
import Scheduling

/// Which jobs there are.
extension Scheduler {
    /// Takes a job, new or changed or as it was. A schedule that is the same goes on where it was; another one, also by the
    /// rules of its time zone, drops the ticks that have not fired and keeps its distance from the last start.
    ///
    /// - Parameter stored: what the journal knows of it, when the agent starts.
    public func take(_ description: JobDescription, stored: StoredJob? = nil, at now: Moment) {
        guard ClockWatch.isPlausible(now) else {
            unplaced.removeAll { $0.0.name == description.name }
            return unplaced.append((description, stored))
        }
        if let job = jobs[description.name] {
            let past = job.stored, isSame = past.timing == description.timing && job.ticksNext(like: description)
            job.description = description
            if !isSame { place(job, after: past, isSame: false, now) }
            return
        }
        let job = Job(description, watermark: stored?.watermark ?? now.wall, stored: stored)
        jobs[description.name] = job
        place(job, after: stored, isSame: stored?.timing == description.timing, now)
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

    private func place(_ job: Job, after past: StoredJob?, isSame: Bool, _ now: Moment) {
        switch job.description.recurrence {
        case .ticks(let source): place(job, source, after: past, isSame: isSame, now)
        case .boot:
            if past == nil, isMemoryLost, job.description.onAmbiguity == .skip { return forgo(job, now) }
            let isDone = past?.bootID == bootID && isSame
            setNext(job, isDone ? nil : Tick(nominal: now.wall, fire: now.wall))
        case .after(let delay):
            let end = past?.bootID == bootID ? past?.lastEndBoot : nil
            let due = end.map { $0 + delay } ?? now.boot + job.description.share(of: delay)
            let fire = max(now.wall, now.wall(atBoot: due))
            setNext(job, Tick(nominal: fire, fire: fire))
        }
    }

    /// Whether it has run in this boot is not known.
    private func forgo(_ job: Job, _ now: Moment) {
        let key = RunKey(job: job.description.name, tick: now.wall)
        note(.ended(key, RunEnd(.ambiguous, ended: now.wall), cause: .boot, due: now.wall), now)
        counts.ends[.ambiguous, default: 0] += 1
        job.bootID = bootID
        setNext(job, nil)
        note(.job(job.stored), now)
    }

    private func place(
        _ job: Job, _ source: any TickSource, after past: StoredJob?, isSame: Bool, _ now: Moment
    ) {
        if let past, isSame {
            job.watermark = past.watermark
            resetFromFuture(job, source, now)
            return setNext(job, source.tick(after: job.watermark))
        }
        var bound = now.wall
        if let past, let lastStart = past.lastStart, past.period > 0, job.description.period > 0 {
            bound = max(bound, min(lastStart, now.wall) + min(past.period, job.description.period) / 2)
        }
        job.ranFrom = nil
        let first = source.first(firingAfter: bound)
        job.watermark = first.map { min($0.nominal - 1, bound) } ?? now.wall
        setNext(job, first)
        note(.job(job.stored), now)
    }

    func setNext(_ job: Job, _ tick: Tick?) {
        job.next = tick
        job.generation &+= 1
        if let tick { ticks.insert(TickEntry(fire: tick.fire, generation: job.generation, job: job)) }
    }

    /// A watermark in the future was made by a clock that was ahead and has been set right since. The job goes on at its
    /// next tick; one that ran already is refused by the journal when its time comes.
    @discardableResult
    func resetFromFuture(_ job: Job, _ source: any TickSource, _ now: Moment) -> Bool {
        let lead = job.watermark - now.wall
        guard lead > Self.greatestLead else { return false }
        // A changed schedule drops the ticks of half a period after its last start.
        if let start = job.lastStart, start <= now.wall + Self.greatestLead,
            job.watermark <= start + job.description.period / 2
        {
            return false
        }
        if lead > Self.toldLead {
            aheadCount += 1
            greatestAhead = max(greatestAhead, lead)
        }
        let reached = source.latest(firedBy: now.wall)?.nominal ?? now.wall
        if let ranFrom = job.ranFrom { reserve(job, source, after: max(ranFrom - 1, reached), now) }
        job.watermark = reached
        job.ranFrom = nil
        note(.job(job.stored), now)
        return true
    }

    /// Remembers the ticks that ran before their time: the journal forgets the oldest of many runs.
    private func reserve(_ job: Job, _ source: any TickSource, after nominal: Int64, _ now: Moment) {
        var nominal = nominal
        for _ in 0..<Self.reserveLimit {
            guard let tick = source.tick(after: nominal), tick.nominal <= job.watermark else { return }
            note(.reserve(RunKey(job: job.description.name, tick: tick.nominal)), now)
            nominal = tick.nominal
        }
    }

    /// Says once what was found of many jobs.
    func tellOfFuture() {
        guard aheadCount > 0 else { return }
        let jobs = aheadCount == 1 ? "1 schedule" : "\(aheadCount) schedules"
        onMessage(
            "the clock was ahead: \(jobs) had run up to \(Duration.milliseconds(greatestAhead).rough) in the future; "
                + "they go on at their next ticks, and no tick runs twice", true)
        (aheadCount, greatestAhead) = (0, 0)
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
        Heap(
            heap.unordered.map { run in
                runs[run.key]?.run.due = run.due &+ step
                return DueRun(due: run.due &+ step, key: run.key)
            })
    }
}

extension Job {
    /// Whether another description, whose timing reads the same, has the next tick at the same instant too: the rules of
    /// its time zone may be others.
    fileprivate func ticksNext(like other: JobDescription) -> Bool {
        guard case .ticks(let source) = other.recurrence else { return true }
        return source.tick(after: watermark) == next
    }
}

extension Duration {
    /// In the largest unit that is not less than one, such as `3 h`.
    fileprivate var rough: String {
        let seconds = components.seconds
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7200 { return "\(seconds / 60) min" }
        return seconds < 172_800 ? "\(seconds / 3600) h" : "\(seconds / 86400) d"
    }
}
