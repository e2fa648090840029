/// The part of a job that outlives an agent.
public struct StoredJob: Sendable, Hashable {
    public var name: String
    public var timing: String
    public var period: Int64
    /// Every tick up to this nominal instant is decided: claimed, caught up or missed.
    public var watermark: Int64
    /// When its last run was started, in milliseconds since 1970.
    public var lastStart: Int64?
    /// The boot id of its last claim or end, for `@reboot` and `after`.
    public var bootID: String?
    /// When its last run ended, on the boot-time clock of that boot.
    public var lastEndBoot: Int64?
    /// How many ticks were missed and not caught up.
    public var missedCount: Int

    public init(
        name: String, timing: String, period: Int64, watermark: Int64, lastStart: Int64? = nil, bootID: String? = nil,
        lastEndBoot: Int64? = nil, missedCount: Int = 0
    ) {
        self.name = name
        self.timing = timing
        self.period = period
        self.watermark = watermark
        self.lastStart = lastStart
        self.bootID = bootID
        self.lastEndBoot = lastEndBoot
        self.missedCount = missedCount
    }
}

/// Identifies one keeper, the process that starts jobs: its random number and its boot.
public struct KeeperIdentity: Sendable, Hashable {
    public var number: Int64
    public var bootID: String

    public init(number: Int64, bootID: String) {
        self.number = number
        self.bootID = bootID
    }
}

/// A process, as it is found again: by number and start, since numbers come again (proc(5)).
public struct ProcessIdentity: Sendable, Hashable {
    public var number: Int32
    /// Clock ticks since boot.
    public var start: Int64

    public init(number: Int32, start: Int64) {
        self.number = number
        self.start = start
    }
}

/// A run that an agent left behind.
public struct OpenRun: Sendable, Hashable {
    public enum Phase: String, Sendable {
        /// A catch-up or a retry, to be claimed when it is due.
        case planned
        /// A run that may be started.
        case claimed
        /// Its process is known.
        case started
    }

    public var run: Run
    public var phase: Phase
    /// When it was claimed.
    public var claimed: Int64
    /// Who was to start it; nil for planned runs.
    public var keeper: KeeperIdentity?
    public var process: ProcessIdentity?
    public var started: Int64?

    public init(
        run: Run, phase: Phase, claimed: Int64, keeper: KeeperIdentity?, process: ProcessIdentity? = nil,
        started: Int64? = nil
    ) {
        self.run = run
        self.phase = phase
        self.claimed = claimed
        self.keeper = keeper
        self.process = process
        self.started = started
    }
}

/// One thing to be remembered. A transaction holds those of one moment, in their order.
public enum JournalEntry: Sendable, Hashable {
    /// A run may now be started; one that is planned already, or claimed for another keeper, changes.
    case claim(Run, KeeperIdentity, at: Int64)
    case plan(Run)
    /// The stored state of a job.
    case job(StoredJob)
    case started(RunKey, ProcessIdentity, at: Int64)
    case ended(RunKey, RunEnd, cause: Cause, due: Int64)
    /// A tick that a clock which was ahead has already run: it is not run when its time comes.
    case reserve(RunKey)
    /// A claim that was not started is given back: it is to be claimed again.
    case release(RunKey)
    /// The job is declared no more; its history stays.
    case removed(String)
}

/// Remembers durably.
public protocol RunJournal {
    /// Everything or nothing, on the disk when it returns.
    ///
    /// - Returns: the claims and plans that are refused because their key has had its run.
    func commit(_ entries: [JournalEntry]) throws -> Set<RunKey>
}

/// Starts and stops processes; the scheduler hears of their fate later.
public protocol JobRunner {
    /// - Throws: `LaunchFault` for what cannot even be tried.
    func start(_ run: Run) throws(LaunchFault)
    /// Ends a run as its timeout would.
    func stop(_ key: RunKey)
    /// The end of the run is on the disk.
    func forget(_ key: RunKey)
}

/// Why a run cannot be started.
public struct LaunchFault: Error, Sendable, Hashable {
    public var reason: String

    public init(_ reason: String) {
        self.reason = reason
    }
}
