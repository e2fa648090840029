import HeapModule

/// Decides which runs there are and when they start: the whole of schedules but the processes and the disk.
///
/// The scheduler has no clock, no thread and no timer of its own. Its driver calls `wake` when `nextWake` has come, after a
/// step of the clock, and after reporting `started` and `ended`. Each wake claims everything due in one transaction
/// before anything starts, so no crash makes two runs of one tick.
public final class Scheduler {
    /// How long before its instant a run is claimed, in milliseconds, so that no start waits for the disk.
    static let lead: Int64 = 100
    /// Runs due within this many milliseconds are claimed together, which bounds the transactions to a few a second.
    static let horizon: Int64 = 250
    /// How long an entry that starts nothing may wait to share a transaction, in milliseconds.
    static let patience: Int64 = 250
    /// A tick found at most this many milliseconds late still runs at once: a restart of the agent misses nothing.
    static let grace: Int64 = 10_000
    /// A watermark further in the future than what is claimed ahead comes from a clock that was wrong; milliseconds.
    static let greatestLead: Int64 = 1000
    /// A clock that was ahead by less, in milliseconds, is corrected without a warning.
    static let toldLead: Int64 = 60_000
    /// How many ticks of one job are remembered that a clock which was ahead has run.
    static let reserveLimit = 50_000
    /// How many runs of one job wait for it.
    static let queueLimit = 100

    let journal: any RunJournal
    let runner: any JobRunner
    let bootID: String
    let limits: StartLimits
    /// Who starts the runs.
    public internal(set) var keeper: KeeperIdentity
    /// Messages for the operator, each with whether it is a warning.
    public var onMessage: (String, _ isWarning: Bool) -> Void = { _, _ in }
    /// No new run is claimed while this holds; what falls into it counts as missed.
    public var isPaused = false
    /// Whether the journal of this boot was lost: what it may have held is ambiguous. Set before jobs are taken.
    public var isMemoryLost = false
    public internal(set) var counts = RunCounts()

    var clock = ClockWatch()
    var jobs: [String: Job] = [:]
    var runs: [RunKey: ActiveRun] = [:]
    var ticks = Heap<TickEntry>()
    /// Catch-ups and retries that are to be claimed.
    var planned = Heap<DueRun>()
    /// Claimed runs before their instant.
    var waiting = Heap<DueRun>()
    var ready = Queue<RunKey>()
    var groups: [String: RunKey] = [:]
    var groupQueues: [String: Queue<RunKey>] = [:]
    var bucket: StartBucket
    var liveCount = 0

    var entries: [JournalEntry] = []
    var claiming: [RunKey] = []
    var forgettable: [RunKey] = []
    var oldestEntry: Int64?
    var retryCommit: Int64?
    /// Jobs that came while the clock was not plausible.
    var unplaced: [(JobDescription, StoredJob?)] = []
    var hasToldOfClock = false
    /// Jobs that were found to have run in the future, and how far, until the warning is given.
    var aheadCount = 0
    var greatestAhead: Int64 = 0
    /// Runs that recovery found and may run again.
    var ambiguous: [Run] = []
    /// The runs that recovery found going on, by job, until the job is taken.
    var held: [String: [RunKey]] = [:]

    public init(
        journal: any RunJournal, runner: any JobRunner, keeper: KeeperIdentity, bootID: String,
        limits: StartLimits = StartLimits()
    ) {
        self.journal = journal
        self.runner = runner
        self.keeper = keeper
        self.bootID = bootID
        self.limits = limits
        bucket = StartBucket(limits)
    }

    public var jobCount: Int { jobs.count + unplaced.count }
    public var runningCount: Int { liveCount }
    /// When the next tick fires, in milliseconds since 1970.
    public var nextFire: Int64? {
        dropOldTicks()
        return ticks.min?.fire
    }
    public var queuedCount: Int { runs.values.count { $0.phase == .queued || $0.phase == .ready } }

    /// Does what is due: claims, commits, starts.
    public func wake(_ now: Moment) {
        let step = clock.step(to: now)
        guard ClockWatch.isPlausible(now) else {
            if !hasToldOfClock { onMessage("the clock is not plausible; no schedule runs before it is set", true) }
            hasToldOfClock = true
            return
        }
        placeAll(now)
        if step != 0 { follow(step, now) }
        tellOfFuture()
        if retryCommit.map({ now.boot < $0 }) != true {
            if retryCommit == nil, !isPaused { claimDue(now, grace: step > 0 ? 0 : Self.grace) }
            if !claiming.isEmpty || oldestEntry.map({ now.boot >= $0 + Self.patience }) == true { commit(now) }
        }
        startDue(now)
        startReady(now)
    }

    /// Writes what is not on the disk yet.
    public func flush(_ now: Moment) { commit(now) }

    /// Before the end of the agent: what is claimed and not started is given back, and everything is on the disk.
    public func stop(_ now: Moment) {
        for (key, active) in runs where !active.isLive && active.phase != .planned { note(.release(key), now) }
        claiming = []
        commit(now)
    }

    /// When to call `wake` again, on the real-time clock; nil when nothing is known to come.
    public func nextWake(_ now: Moment) -> Int64? {
        guard ClockWatch.isPlausible(now) else { return nil }
        var next: Int64?
        func consider(_ time: Int64) { next = min(next ?? time, time) }
        dropOldTicks()
        if !isPaused, retryCommit == nil {
            if let tick = ticks.min { consider(tick.fire - Self.lead) }
            if let run = planned.min { consider(run.due - Self.lead) }
        }
        if let run = waiting.min { consider(run.due) }
        if !ready.isEmpty, liveCount < limits.concurrentCount { consider(now.wall + bucket.wait) }
        if let writing = retryCommit ?? oldestEntry.map({ $0 + Self.patience }) { consider(now.wall(atBoot: writing)) }
        return next
    }

    func dropOldTicks() {
        while let tick = ticks.min, tick.generation != tick.job.generation { ticks.removeMin() }
    }

    func note(_ entry: JournalEntry, _ now: Moment) {
        entries.append(entry)
        if oldestEntry == nil { oldestEntry = now.boot }
    }

    func commit(_ now: Moment) {
        guard !entries.isEmpty else { return }
        let refused: Set<RunKey>
        do {
            refused = try journal.commit(entries)
        } catch {
            if retryCommit == nil { onMessage("cannot remember runs, so none starts: \(error)", true) }
            retryCommit = now.boot + 1000
            return
        }
        if retryCommit != nil { onMessage("runs are remembered again", false) }
        retryCommit = nil
        oldestEntry = nil
        entries.removeAll(keepingCapacity: true)
        for key in refused { runs[key] = nil }
        for key in claiming {
            guard let run = runs[key]?.run else { continue }
            runs[key]?.phase = .waiting
            waiting.insert(DueRun(due: run.due, key: key))
        }
        claiming.removeAll(keepingCapacity: true)
        for key in forgettable { runner.forget(key) }
        forgettable.removeAll(keepingCapacity: true)
    }
}

/// Counts since the agent started.
public struct RunCounts: Sendable, Hashable {
    public var startedCount = 0
    public var missedCount = 0
    /// Runs that waited for the host's limits.
    public var limitedCount = 0
    /// Ends by result.
    public var ends: [RunResult: Int] = [:]
    /// Milliseconds from the instant that was due to the start: sum and greatest.
    public var latenessSum: Int64 = 0
    public var greatestLateness: Int64 = 0

    public init() {}
}
