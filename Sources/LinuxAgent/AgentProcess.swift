public import Agent
import CShim
import Glibc
import LinuxHost
import Model
import Scheduling
import State

/// What the agent needs to know besides its settings.
public struct AgentContext: Sendable {
    public var version: String
    public var hostIdentifier: String

    public init(version: String, hostIdentifier: String) {
        self.version = version
        self.hostIdentifier = hostIdentifier
    }
}

/// The daemon: one thread around poll(2), which drives the scheduler and the converge loop.
public final class AgentProcess {
    let settings: AgentSettings
    let context: AgentContext
    let log = Log()
    let manager = ServiceManager()
    private let lock: Int32
    let keeper: Keeper
    let database: AgentDatabase
    let history: AgentHistory
    let scheduler: Scheduler
    let folder: DefinitionFolder
    let control: ControlSocket
    private let timer: Int32
    private let signals: Int32
    private let scheduleWatch: DirectoryWatch
    let siteWatch: DirectoryWatch?
    let bootID: String
    let since: Moment
    var loop: ConvergeLoop
    var lastConverge: ConvergeOutcome?
    var writtenMetrics = ""
    var lastMetrics: Int64 = 0
    private var changedNames: Set<String> = []
    private var changedAll = false
    private var changedAt: Int64?
    private var orphans: [RunKey: ProcessIdentity] = [:]
    private var processes: [RunKey: ProcessIdentity] = [:]
    private var nextCleaning: Int64 = 0
    private var nextAlive: Int64 = 0
    private var isStopping = false

    /// Another agent holds the state directory.
    public struct AlreadyRunning: Error {}

    /// Takes over where the last agent ended; nothing starts before `run`.
    public init(_ settings: AgentSettings, _ context: AgentContext) throws {
        self.settings = settings
        self.context = context
        since = RealClock.now
        try Self.makePrivate(settings.state.text)
        try Self.makePrivate(settings.runtime.text)
        lock = try Self.locked(settings.state.text)
        // Before anything else is open: the keeper is a copy of this process.
        keeper = Keeper(path: settings.keeperPath)
        let events = try keeper.connect()
        bootID = ProcessTable.bootID
        signals = lodestar_signals_open()
        timer = lodestar_timer_open()
        LocalFiles.makePrivate(settings.databasePath)
        database = try AgentDatabase(path: settings.databasePath)
        history = AgentHistory(of: database)
        folder = DefinitionFolder(path: settings.schedules.text, hostIdentifier: context.hostIdentifier)
        let leaf = Digest(of: settings.state.text).hexadecimal.prefix(8)
        let runner = KeeperRunner(keeper: keeper, folder: folder, cgroups: RunCgroups(name: "lodestar-jobs-\(leaf)"))
        scheduler = Scheduler(
            journal: database, runner: runner, keeper: KeeperIdentity(number: keeper.number, bootID: bootID),
            bootID: bootID, limits: settings.limits)
        var zones = ZoneFiles()
        loop = ConvergeLoop(settings.converge, hostIdentifier: context.hostIdentifier) { zones.zone($0) }
        scheduleWatch = DirectoryWatch(settings.schedules.text, isRecursive: false)
        let isWatched = settings.converge.onChange
        siteWatch = isWatched ? settings.converge.source.map { DirectoryWatch($0.text, isRecursive: true) } : nil
        control = try ControlSocket(path: settings.socketPath)
        let log = log
        scheduler.onMessage = { text, isWarning in log.write(isWarning ? .warning : .info, text) }
        runner.onMessage = { log.write(.warning, $0) }
        try takeOver(events)
    }

    private static func makePrivate(_ path: String) throws(HostFault) {
        if LocalFiles.exists(path) { return }
        try LocalFiles.makeDirectory(path)
        chmod(path, 0o700)
    }

    private static func locked(_ state: String) throws -> Int32 {
        let path = "\(state)/agent.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw HostFault("lock", path, ErrorNumber.text(errno)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw AlreadyRunning() }
        return descriptor
    }

    /// Finds what earlier agents left, and takes the definitions.
    private func takeOver(_ events: [KeeperEvent]) throws {
        let now = RealClock.now
        let known = Set(events.compactMap { RunKey(id: $0.run) })
        recover(try history.openRuns(), known: known, now)
        let stored = Dictionary(try history.jobs().map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        take(folder.scan(), stored: stored, now)
        for name in stored.keys where folder.entries[name] == nil { scheduler.remove(name, at: now) }
        scheduler.rerunAmbiguous(at: now)
        restoreConverge()
        for event in events { hear(event, now) }
        scheduler.flush(now)
    }

    private func recover(_ open: [OpenRun], known: Set<RunKey>, _ now: Moment) {
        var byRun: [String: ProcessIdentity]?
        scheduler.recover(open, known: known, at: now) { run in
            if byRun == nil { byRun = ProcessTable.processesByRun() }
            guard let process = self.survivor(run, &byRun) else { return .gone }
            orphans[run.run.key] = process
            return .alive
        }
    }

    /// The process of a run whose keeper is gone: by what was remembered, else by the environment of all processes.
    private func survivor(_ run: OpenRun, _ byRun: inout [String: ProcessIdentity]?) -> ProcessIdentity? {
        if let process = run.process { return ProcessTable.isAlive(process) ? process : nil }
        return byRun?[run.run.key.id]
    }

    func take(_ changes: DefinitionFolder.Changes, stored: [String: StoredJob] = [:], _ now: Moment) {
        for job in changes.taken { scheduler.take(job, stored: stored[job.name], at: now) }
        for name in changes.removed { scheduler.remove(name, at: now) }
        for (name, reason) in changes.refused {
            log.write(.warning, "\(settings.schedules.text)/\(name).json: \(reason)")
        }
    }

    /// Runs until SIGTERM or SIGINT.
    public func run() {
        log.write(.notice, "agent \(context.version) with \(scheduler.jobCount) schedules")
        manager.ready("\(scheduler.jobCount) schedules")
        while !isStopping {
            let now = RealClock.now
            if let run = loop.due(now) { converge(run, now) }
            scheduler.isPaused = loop.pause?.coversSchedules == true
            scheduler.wake(now)
            keepUp(now)
            wait(from: RealClock.now)
        }
        stop()
    }

    /// What has to be done now and then.
    private func keepUp(_ now: Moment) {
        if let changedAt, now.boot >= changedAt + 100 { reload(now) }
        for (key, process) in orphans where !ProcessTable.isAlive(process) {
            orphans[key] = nil
            scheduler.vanished(key, now)
        }
        writeMetrics(now)
        if now.boot >= nextAlive {
            manager.alive()
            nextAlive = now.boot + min(manager.watchdog ?? 60_000, 60_000) - 1000
        }
        if now.boot >= nextCleaning {
            if nextCleaning > 0 { try? database.forgetOld(at: now.wall) }
            nextCleaning = now.boot + 3_600_000
        }
        if scheduleWatch.retry() { changed(all: true, now) }
        if siteWatch?.retry() == true { loop.changed(at: now) }
    }

    private func wait(from now: Moment) {
        let longest = now.wall + min(manager.watchdog ?? 60_000, 60_000)
        var next = min(longest, scheduler.nextWake(now) ?? longest, loop.nextWake(now) ?? longest)
        if let changedAt { next = min(next, now.wall(atBoot: changedAt + 100)) }
        if let deadline = control.nextDeadline { next = min(next, now.wall(atBoot: deadline)) }
        if !orphans.isEmpty { next = min(next, now.wall + 1000) }
        guard next > now.wall else { return }
        _ = lodestar_timer_set(timer, next)
        var waits = [timer, signals, keeper.descriptor, control.listener, scheduleWatch.descriptor]
        waits.append(siteWatch?.descriptor ?? -1)
        waits += control.descriptors
        var polls = waits.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard lodestar_poll(&polls, polls.count, next > now.wall + 5000 ? 1 : 0) > 0 else { return }
        let isReady = polls.map { $0.revents != 0 }
        let then = RealClock.now
        if isReady[0] { _ = lodestar_timer_read(timer) }
        if isReady[1] { hearSignals(then) }
        if isReady[2] { hearKeeper(then) }
        if isReady[4] { note(scheduleWatch.read(), then) }
        if isReady[5], let siteWatch, !siteWatch.read().isEmpty { loop.changed(at: then) }
        if isReady.dropFirst(6).contains(true) || control.nextDeadline.map({ $0 <= then.boot }) == true {
            control.serve(boot: then.boot) { answer($0, then) }
        }
        if isReady[3] { control.accept(boot: then.boot) }
    }

    private func hearSignals(_ now: Moment) {
        while case let number = lodestar_signals_read(signals), number > 0 {
            switch number {
            case SIGHUP:
                manager.reloading()
                note(scheduleWatch.read(), now)
                if folder.isZoneChanged || !scheduleWatch.isWatching { changed(all: true, now) }
                reload(now)
                loop.want(.signal)
                manager.ready("\(scheduler.jobCount) schedules")
            case SIGTERM, SIGINT: isStopping = true
            default: break
            }
        }
    }

    private func note(_ changes: DirectoryWatch.Changes, _ now: Moment) {
        changedNames.formUnion(changes.names.compactMap { DefinitionFolder.name(ofFile: $0) })
        if changes.isWhole || !changedNames.isEmpty { changed(all: changes.isWhole, now) }
    }

    private func changed(all: Bool, _ now: Moment) {
        changedAll = changedAll || all
        changedAt = changedAt ?? now.boot
    }

    private func reload(_ now: Moment) {
        take(changedAll ? folder.scan() : folder.look(at: changedNames), now)
        (changedAll, changedNames, changedAt) = (false, [], nil)
    }

    private func hearKeeper(_ now: Moment) {
        if let events = keeper.news() {
            for event in events { hear(event, now) }
        } else {
            replaceKeeper(now)
        }
    }

    private func hear(_ event: KeeperEvent, _ now: Moment) {
        if event.run.hasPrefix("@") { return hearConverge(event, now) }
        guard let key = RunKey(id: event.run) else { return keeper.forget(event.run) }
        switch event.kind {
        case .started(let process):
            processes[key] = process
            scheduler.started(key, process, at: event.started, now)
        case .ended(let end):
            processes[key] = nil
            scheduler.ended(key, end, now)
        }
    }

    /// Somebody ended the keeper: its runs are looked for, and another one takes its place.
    private func replaceKeeper(_ now: Moment) {
        log.write(.error, "the keeper is gone; the exit status of what runs is lost")
        let known: [KeeperEvent]
        do throws(HostFault) {
            known = try keeper.connect()
        } catch {
            log.write(.error, error.text)
            isStopping = true
            return
        }
        var byRun: [String: ProcessIdentity]? = ProcessTable.processesByRun()
        scheduler.replaceKeeper(
            KeeperIdentity(number: keeper.number, bootID: bootID), at: now, processes: processes
        ) { run in
            guard let process = self.survivor(run, &byRun) else { return .gone }
            orphans[run.run.key] = process
            return .alive
        }
        if loop.isRunning { concludeConverge(nil, said: "the keeper is gone", now) }
        for event in known { hear(event, now) }
    }

    /// What runs goes on; the next agent hears of it.
    private func stop() {
        manager.stopping()
        let now = RealClock.now
        scheduler.stop(now)
        if scheduler.runningCount == 0, !loop.isRunning { keeper.dismiss() }
        control.close()
        database.close()
        log.write(.notice, "stopped; \(scheduler.runningCount) runs go on")
    }
}
