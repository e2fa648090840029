public import Agent
import CShim
import Glibc
import Model
import OperatorFiles
import Scheduling
import State
import SystemCalls

/// The agent's surroundings, beside its settings.
public struct AgentContext: Sendable {
    public var version: String
    public var hostIdentifier: String
    /// The file of the settings, where somebody named another one than the standard one.
    public var configuration: String?

    /// Whether the file of the settings says something else than when the agent began, and can be used.
    public var haveSettingsChanged: @Sendable () -> Bool

    public init(
        version: String, hostIdentifier: String, configuration: String? = nil,
        haveSettingsChanged: @escaping @Sendable () -> Bool = { false }
    ) {
        self.version = version
        self.hostIdentifier = hostIdentifier
        self.configuration = configuration
        self.haveSettingsChanged = haveSettingsChanged
    }
}

/// The daemon: one thread around poll(2), which drives the scheduler and the converge loop.
public final class AgentProcess {
    let settings: AgentSettings
    let context: AgentContext
    let log = Log()
    let manager = ServiceManager()
    private let lock: ProcessLock
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
    /// Of the directory of /etc/localtime.
    private let zoneWatch = DirectoryWatch("/etc", isRecursive: false)
    let bootID: String
    let since: Moment
    var loop: ConvergeLoop
    var windowZones = ZoneFiles()
    /// What the next agent is to know of the loop.
    var kept = KeptState()
    /// The reports that wait for their receiver.
    var delivery = ReportDelivery()
    /// Whether the converge that goes on only reports because its commit has failed too often.
    var isHeld = false
    var writtenMetrics = ""
    var lastMetrics: Int64 = 0
    private var changedNames: Set<String> = []
    private var changedAll = false
    private var changedAt: Int64?
    var orphans: [RunKey: ProcessIdentity] = [:]
    var processes: [RunKey: ProcessIdentity] = [:]
    private var nextCleaning: Int64 = 0
    private var nextAlive: Int64 = 0
    private var nextZoneLook: Int64 = 0
    private var nextAttempt: Int64 = 0
    var isStopping = false

    /// Takes over where the last agent ended; nothing starts before `run`.
    ///
    /// - Throws: `ProcessLock.Held` where another agent holds the state directory.
    public init(_ settings: AgentSettings, _ context: AgentContext) throws {
        self.settings = settings
        self.context = context
        since = RealClock.now
        try Self.makePrivate(settings.state.text)
        try Self.makePrivate(settings.runtime.text)
        lock = try ProcessLock(at: "\(settings.state.text)/agent.lock")
        // Before anything else is open: the keeper is a copy of this process.
        keeper = Keeper(path: settings.keeperPath)
        let events = try keeper.connect()
        bootID = SystemClock.bootID
        signals = lodestar_signals_open()
        timer = lodestar_timer_open()
        database = try Self.openedDatabase(settings, bootID: bootID, log)
        history = AgentHistory(of: database)
        folder = DefinitionFolder(path: settings.schedules.text, hostIdentifier: context.hostIdentifier)
        let leaf = Digest(of: settings.state.text).hexadecimal.prefix(8)
        let runner = KeeperRunner(keeper: keeper, folder: folder, cgroups: RunCgroups(name: "lodestar-jobs-\(leaf)"))
        scheduler = Scheduler(
            journal: database, runner: runner, keeper: KeeperIdentity(number: keeper.number, bootID: bootID),
            bootID: bootID, limits: settings.limits)
        var zones = ZoneFiles()
        loop = ConvergeLoop(settings.converge, hostIdentifier: context.hostIdentifier) { zones.zone($0) }
        windowZones = zones
        scheduleWatch = DirectoryWatch(settings.schedules.text, isRecursive: false)
        let isWatched = settings.converge.onChange
        siteWatch =
            isWatched ? settings.converge.source?.watchedDirectory.map { DirectoryWatch($0, isRecursive: true) } : nil
        control = try ControlSocket(path: settings.socketPath)
        if settings.report != nil { delivery.want() }
        let log = log
        scheduler.onMessage = { text, isWarning in log.write(isWarning ? .warning : .info, text) }
        runner.onMessage = { log.write(.warning, $0) }
        try takeOver(events)
    }

    /// Makes a directory of the agent's own; one that is there must be root's alone.
    private static func makePrivate(_ path: String) throws(HostFault) {
        if let objection = PathTrust.objection(to: path) { throw HostFault("use", path, objection) }
        if LocalFiles.exists(path) { return }
        try LocalFiles.makeDirectory(path, mode: 0o700)
    }

    func take(_ changes: DefinitionFolder.Changes, stored: [String: StoredJob] = [:], _ now: Moment) {
        for job in changes.taken { scheduler.take(job, stored: stored[job.name], at: now) }
        for name in changes.removed { scheduler.remove(name, at: now) }
        for (name, reason) in changes.refused {
            log.write(.warning, "\(settings.schedules.text)/\(name).json: \(reason)")
        }
        for (name, reason) in changes.unread {
            let place = name.map { "/\($0).json" } ?? ""
            log.write(.warning, "\(settings.schedules.text)\(place): \(reason); it is looked at again soon")
        }
    }

    /// Runs until SIGTERM or SIGINT.
    public func run() {
        log.write(.notice, "agent \(context.version) with \(scheduler.jobCount) schedules")
        manager.ready("\(scheduler.jobCount) schedules")
        while !isStopping {
            let now = RealClock.now
            if let run = loop.due(now) { converge(run, now) }
            if delivery.due(now) { sendReports(now) }
            scheduler.isPaused = loop.pause?.coversSchedules == true
            scheduler.wake(now)
            runPeriodicWork(now)
            wait(from: RealClock.now)
        }
        stop()
    }

    /// The work that is due now and then.
    private func runPeriodicWork(_ now: Moment) {
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
        if now.boot >= nextZoneLook { lookAtZones(now) }
        if scheduleWatch.retry() { changed(all: true, now) }
        if folder.hasUnread, now.boot >= nextAttempt {
            nextAttempt = now.boot + 5000
            take(folder.scan(), now)
        }
        if siteWatch?.retry() == true { loop.changed(at: now) }
        if database.isDamaged { beginAnew() }
    }

    /// Follows the changes of an upgrade of tzdata, or of the host's zone.
    private func lookAtZones(_ now: Moment) {
        nextZoneLook = now.boot + 60_000
        let (changes, ofSchedules) = folder.lookAtZones()
        take(changes, now)
        let ofWindows = windowZones.refresh()
        if !ofWindows.isEmpty { loop.placeWindows { windowZones.zone($0) } }
        for name in Set(ofSchedules + ofWindows).sorted() {
            log.write(.notice, "the time zone \(name) has other rules now; what hangs on it follows")
        }
    }

    private enum Source {
        case timer, signals, keeper, listener, schedules, site, zones, client
    }

    private func wait(from now: Moment) {
        let longest = now.wall + min(manager.watchdog ?? 60_000, 60_000)
        var next = min(longest, scheduler.nextWake(now) ?? longest, loop.nextWake(now) ?? longest)
        if let wake = delivery.nextWake(now) { next = min(next, wake) }
        if let changedAt { next = min(next, now.wall(atBoot: changedAt + 100)) }
        if folder.hasUnread { next = min(next, now.wall(atBoot: nextAttempt)) }
        if let deadline = control.nextDeadline { next = min(next, now.wall(atBoot: deadline)) }
        if !orphans.isEmpty { next = min(next, now.wall + 1000) }
        guard next > now.wall else { return }
        _ = lodestar_timer_set(timer, next)
        var sources: [(source: Source, descriptor: Int32)] = [
            (.timer, timer), (.signals, signals), (.keeper, keeper.descriptor),
            (.schedules, scheduleWatch.descriptor), (.zones, zoneWatch.descriptor),
            (.site, siteWatch?.descriptor ?? -1),
        ]
        sources += control.descriptors.map { (.client, $0) } + [(.listener, control.listener)]
        var polls = sources.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        guard lodestar_poll(&polls, polls.count, next > now.wall + 5000 ? 1 : 0) > 0 else { return }
        let then = RealClock.now
        var hasClient = control.nextDeadline.map { $0 <= then.boot } == true, hasCaller = false
        for (poll, source) in zip(polls, sources) where poll.revents != 0 {
            switch source.source {
            case .timer: _ = lodestar_timer_read(timer)
            case .signals: handleSignals(then)
            case .keeper: handleKeeper(then)
            case .schedules: note(scheduleWatch.read(), then)
            case .zones:
                let changes = zoneWatch.read()
                if changes.isWhole || changes.names.contains("localtime") { lookAtZones(then) }
            case .site: if siteWatch?.read().isEmpty == false { loop.changed(at: then) }
            case .client: hasClient = true
            case .listener: hasCaller = true
            }
        }
        if hasClient { control.serve(boot: then.boot) { answer($0, then) } }
        if hasCaller { control.accept(boot: then.boot) }
    }

    private func handleSignals(_ now: Moment) {
        while case let number = lodestar_signals_read(signals), number > 0 {
            switch number {
            case SIGHUP:
                manager.reloading()
                if context.haveSettingsChanged() { return beginWithOtherSettings() }
                note(scheduleWatch.read(), now)
                if !scheduleWatch.isWatching || folder.hasUnread { changed(all: true, now) }
                reload(now)
                lookAtZones(now)
                loop.want(.signal)
                manager.ready("\(scheduler.jobCount) schedules")
            case SIGTERM, SIGINT: isStopping = true
            case SIGCHLD: lodestar_reap_orphans()
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

    private func handleKeeper(_ now: Moment) {
        if let events = keeper.news() {
            for event in events { handle(event, now) }
        } else {
            replaceKeeper(now)
        }
    }

    func handle(_ event: KeeperEvent, _ now: Moment) {
        if event.run.hasPrefix(Self.reportRun) { return handleReport(event, now) }
        if event.run.hasPrefix("@") { return handleConverge(event, now) }
        guard let key = RunKey(id: event.run) else { return keeper.forget(event.run) }
        switch event.kind {
        case .started(let process):
            processes[key] = process
            scheduler.started(key, process, at: event.started, now)
        case .ended(var end):
            processes[key] = nil
            if end.result == .notStarted, let problem = scriptProblem(of: key.job) {
                end.reason = "\(end.reason ?? ""); \(problem)"
            }
            scheduler.ended(key, end, now)
        }
    }

    /// Explains a program that the kernel cannot execute, where the error number does not say enough.
    private func scriptProblem(of job: String) -> String? {
        guard case .arguments(let words)? = folder.definition(job)?.line, let program = words.first else { return nil }
        return ScriptHead.problem(of: program)
    }

    /// Running jobs go on; the next agent hears of them.
    private func stop() {
        manager.stopping()
        let now = RealClock.now
        scheduler.stop(now)
        if scheduler.runningCount == 0, !loop.isRunning, !delivery.isRunning { keeper.dismiss() }
        control.close()
        database.close()
        guard getpid() == 1 else {
            return log.write(.notice, "stopped; \(scheduler.runningCount) runs go on")
        }
        // Nothing outlives process 1.
        log.write(.notice, "stopped; as process 1 it ends \(scheduler.runningCount) runs with it")
        kill(-1, SIGTERM)
        for _ in 0..<50 where waitpid(-1, nil, WNOHANG) >= 0 { SystemClock.sleep(milliseconds: 100) }
    }
}
