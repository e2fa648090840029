import Agent
import CShim
import Model
import State

/// The takeover of an earlier agent's runs, and the recovery when the keeper dies.
extension AgentProcess {
    /// Finds what earlier agents left, and takes the definitions.
    func takeOver(_ events: [KeeperEvent]) throws {
        let now = RealClock.now
        if lodestar_inherits_orphans() != 0 { lodestar_reap_orphans() }
        scheduler.isMemoryLost = stored(Self.lostMark) == bootID
        let known = Set(events.compactMap { RunKey(id: $0.run) })
        var open = try history.openRuns()
        if scheduler.isMemoryLost { open += unrecorded(events, beside: Set(open.map(\.run.key))) }
        recover(open, known: known, now)
        let stored = Dictionary(try history.jobs().map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        take(folder.scan(), stored: stored, now)
        for name in stored.keys where folder.entries[name] == nil { scheduler.remove(name, at: now) }
        scheduler.rerunAmbiguous(at: now)
        restoreState()
        for event in events { handle(event, now) }
        scheduler.flush(now)
        if scheduler.isMemoryLost { try database.keep(nil, as: Self.lostMark) }
    }

    /// The runs that only the keeper knows, because the database that held them is lost.
    private func unrecorded(_ events: [KeeperEvent], beside known: Set<RunKey>) -> [OpenRun] {
        let identity = scheduler.keeper
        var keys = known
        return events.compactMap { event in
            guard let key = RunKey(id: event.run), !event.run.hasPrefix("@"), keys.insert(key).inserted else {
                return nil
            }
            return OpenRun(
                run: Run(key: key, cause: .tick, due: key.tick), phase: .claimed, claimed: event.started,
                keeper: identity)
        }
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

    /// Somebody ended the keeper: its runs are looked for, and another one takes its place.
    func replaceKeeper(_ now: Moment) {
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
        if loop.isRunning { concludeConverge(nil, errorText: "the keeper is gone", now) }
        if delivery.isRunning { delivery.ended(now, isEmpty: false) }
        for event in known { handle(event, now) }
    }
}
