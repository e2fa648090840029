import Scheduling

/// A job as the scheduler holds it.
final class Job {
    var description: JobDescription
    var watermark: Int64
    /// The next tick that is not decided.
    var next: Tick?
    var lastStart: Int64?
    var bootID: String?
    var lastEndBoot: Int64?
    var missedCount: Int
    /// The first of the ticks up to the watermark of which each one ran; nil where the last one did not.
    var ranFrom: Int64?
    /// Entries of the heap with another number are old.
    var generation: UInt32 = 0
    /// Runs that have the job's place: waiting for their group or a start, or running.
    var active: [RunKey] = []
    /// Runs that wait for a place.
    var queue: [RunKey] = []

    init(_ description: JobDescription, watermark: Int64, stored: StoredJob?) {
        self.description = description
        self.watermark = watermark
        lastStart = stored?.lastStart
        bootID = stored?.bootID
        lastEndBoot = stored?.lastEndBoot
        missedCount = stored?.missedCount ?? 0
    }

    var stored: StoredJob {
        StoredJob(
            name: description.name, timing: description.timing, period: description.period, watermark: watermark,
            lastStart: lastStart, bootID: bootID, lastEndBoot: lastEndBoot, missedCount: missedCount)
    }

    /// Whether what is missed is not caught up.
    var isIndifferentToMisses: Bool {
        switch description.catchUp {
        case .skip, .automatic: true
        case .once, .all(_): false
        }
    }

    /// How many runs of the job may go on at once.
    var placeCount: Int {
        switch description.overlap {
        case .skip, .queue, .replace: 1
        case .allow(let count): max(1, count)
        }
    }
}

/// A job's next tick in the heap.
struct TickEntry: Comparable {
    var fire: Int64
    var generation: UInt32
    let job: Job

    static func < (left: TickEntry, right: TickEntry) -> Bool { left.fire < right.fire }
    static func == (left: TickEntry, right: TickEntry) -> Bool { left.fire == right.fire }
}

/// A run with its instant in the heap.
struct DueRun: Comparable {
    var due: Int64
    var key: RunKey

    static func < (left: DueRun, right: DueRun) -> Bool { left.due < right.due }
}

/// A run that has not ended, as the scheduler holds it.
struct ActiveRun {
    enum Phase {
        /// A catch-up or retry that is to be claimed.
        case planned
        /// The claim is not on the disk yet.
        case claiming
        /// Claimed, to start when it is due.
        case waiting
        /// Waits for a place of its job or its group.
        case queued
        /// Waits for the host's limits.
        case ready
        /// The keeper was asked for the start.
        case starting
        case running
        /// Running, with its keeper gone.
        case orphaned
    }

    var run: Run
    var phase: Phase
    var started: Int64?
    /// Since when it has waited for the host's limits.
    var readySince: Int64?
    /// Whether its job kept outputs when it was started; nil for a run of an earlier agent.
    var keepsOutput: Bool?

    /// Whether there is, or may be, a process.
    var isLive: Bool {
        switch phase {
        case .starting, .running, .orphaned: true
        case .planned, .claiming, .waiting, .queued, .ready: false
        }
    }
}
