@testable import Agent

/// Ticks at whole multiples of a period, each fired after a fixed offset.
struct EveryTicks: TickSource {
    var period: Int64
    var offset: Int64 = 0

    func tick(after nominal: Int64) -> Tick? { tick(number: floor(nominal, period) + 1) }
    func tick(before nominal: Int64) -> Tick? { tick(number: floor(nominal - 1, period)) }
    func count(from first: Int64, through last: Int64) -> Int {
        Int(floor(last, period) - floor(first - 1, period))
    }

    private func tick(number: Int64) -> Tick { Tick(nominal: number * period, fire: number * period + offset) }
    private func floor(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }
}

/// A journal in memory that keeps the rule of the real one: a key has its run once.
final class MemoryJournal: RunJournal {
    struct Full: Error {}
    var entries: [JournalEntry] = []
    var taken: Set<RunKey> = []
    var open: [RunKey: OpenRun] = [:]
    var jobs: [String: StoredJob] = [:]
    var ends: [RunKey: RunEnd] = [:]
    var commitCount = 0
    var isFull = false

    func commit(_ entries: [JournalEntry]) throws -> Set<RunKey> {
        if isFull { throw Full() }
        commitCount += 1
        var refused: Set<RunKey> = []
        for entry in entries {
            self.entries.append(entry)
            switch entry {
            case .claim(let run, let keeper, let at):
                if let phase = open[run.key]?.phase, phase != .started {
                    open[run.key] = OpenRun(run: run, phase: .claimed, claimed: at, keeper: keeper)
                } else if taken.insert(run.key).inserted {
                    open[run.key] = OpenRun(run: run, phase: .claimed, claimed: at, keeper: keeper)
                } else {
                    refused.insert(run.key)
                }
            case .plan(let run):
                guard taken.insert(run.key).inserted else {
                    refused.insert(run.key)
                    continue
                }
                open[run.key] = OpenRun(run: run, phase: .planned, claimed: 0, keeper: nil)
            case .job(let job): jobs[job.name] = job
            case .started(let key, let process, let at):
                open[key]?.phase = .started
                open[key]?.process = process
                open[key]?.started = at
            case .ended(let key, let end, _, _):
                open[key] = nil
                ends[key] = end
            case .reserve(let key): taken.insert(key)
            case .release(let key): if open[key]?.phase == .claimed { open[key]?.phase = .planned }
            case .removed(let name): jobs[name] = nil
            }
        }
        return refused
    }
}

/// Remembers what it was asked to start; a run ends when the test says so.
final class MemoryRunner: JobRunner {
    var started: [(run: Run, wall: Int64)] = []
    var pending: [RunKey] = []
    var stopped: [RunKey] = []
    var forgotten: [RunKey] = []
    var fault: LaunchFault?
    var wall: Int64 = 0

    func start(_ run: Run) throws(LaunchFault) {
        if let fault { throw fault }
        started.append((run, wall))
        pending.append(run.key)
    }
    func stop(_ key: RunKey) { stopped.append(key) }
    func forget(_ key: RunKey) { forgotten.append(key) }
}

/// A host with a clock that the test moves.
final class ScriptedHost {
    /// 2026-11-24 00:00:00 UTC.
    static let midnight: Int64 = 1_795_478_400_000
    let journal: MemoryJournal
    let runner = MemoryRunner()
    var scheduler: Scheduler
    var now: Moment
    /// How long each run takes; nil: until the test ends it.
    var duration: Int64? = 0
    var messages: [String] = []
    private var ends: [(boot: Int64, key: RunKey)] = []
    private var nextProcess: Int32 = 100

    init(
        at wall: Int64 = ScriptedHost.midnight, journal: MemoryJournal = MemoryJournal(), keeper: Int64 = 1,
        bootID: String = "boot-1", limits: StartLimits = StartLimits()
    ) {
        self.journal = journal
        now = Moment(wall: wall, boot: 1_000_000)
        scheduler = Scheduler(
            journal: journal, runner: runner, keeper: KeeperIdentity(number: keeper, bootID: bootID), bootID: bootID,
            limits: limits)
        scheduler.onMessage = { [weak self] text, _ in self?.messages.append(text) }
    }

    func take(_ job: JobDescription, stored: StoredJob? = nil) { scheduler.take(job, stored: stored, at: now) }

    /// Lets time pass, waking the scheduler as a timer would, at least once a minute.
    func pass(_ milliseconds: Int64) {
        let end = now.boot + milliseconds
        wake()
        var idleCount = 0
        while idleCount < 100 {
            let wish = scheduler.nextWake(now).map { now.boot + ($0 - now.wall) } ?? Int64.max
            let next = min(max(wish, now.boot), ends.map(\.boot).min() ?? Int64.max, now.boot + 60_000)
            guard next <= end else { break }
            idleCount = next == now.boot ? idleCount + 1 : 0
            move(to: max(next, now.boot))
            wake()
        }
        precondition(idleCount < 100, "the scheduler asks to be woken at once, again and again")
        move(to: end)
        wake()
    }

    /// Moves both clocks.
    private func move(to boot: Int64) {
        now.wall += boot - now.boot
        now.boot = boot
    }

    func setClock(forward milliseconds: Int64) { now.wall += milliseconds }

    func wake() {
        runner.wall = now.wall
        scheduler.wake(now)
        report()
        while case let due = ends.filter({ $0.boot <= now.boot }), !due.isEmpty {
            ends.removeAll { $0.boot <= now.boot }
            for (_, key) in due { end(key) }
            scheduler.wake(now)
            report()
        }
    }

    /// Tells the scheduler of the starts.
    func report() {
        for key in runner.pending {
            nextProcess += 1
            scheduler.started(key, ProcessIdentity(number: nextProcess, start: 1), at: now.wall, now)
            if let duration { ends.append((now.boot + duration, key)) }
        }
        runner.pending = []
    }

    func end(_ key: RunKey, _ result: RunResult = .succeeded) {
        scheduler.ended(
            key, RunEnd(result, started: now.wall, ended: now.wall, exitStatus: result == .failed ? 1 : 0), now)
    }

    /// Another agent on the same journal, as after a crash or a stop.
    func successor(after downtime: Int64 = 0, keeper: Int64 = 1, bootID: String = "boot-1") -> ScriptedHost {
        let next = ScriptedHost(at: now.wall + downtime, journal: journal, keeper: keeper, bootID: bootID)
        next.now.boot = now.boot + downtime
        return next
    }

    var startTimes: [Int64] { runner.started.map { $0.wall - Self.midnight } }
    var startedTicks: [Int64] { runner.started.map { $0.run.key.tick - Self.midnight } }
}

func job(
    _ name: String = "job", every period: Int64 = 60_000, offset: Int64 = 0,
    _ change: (inout JobDescription) -> Void = { _ in }
) -> JobDescription {
    var job = JobDescription(
        name: name, recurrence: .ticks(EveryTicks(period: period, offset: offset)), timing: "every \(period) \(offset)",
        period: period, share: UInt64.max / 2)
    change(&job)
    return job
}
