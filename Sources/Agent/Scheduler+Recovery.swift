import HeapModule
import Scheduling

/// Whether a process of an earlier keeper is still there.
public enum Survival: Sendable {
    case alive, gone
}

/// Going on where another agent, or another keeper, was ended.
extension Scheduler {
    /// Takes over the runs that were left open. The jobs are taken after this.
    ///
    /// - Parameters:
    ///   - known: the runs that the keeper knows; `started` and `ended` report their fate afterwards.
    ///   - survival: asked about runs whose keeper is gone, as long as the machine is up.
    public func recover(
        _ open: [OpenRun], known: Set<RunKey>, at now: Moment, survival: (OpenRun) -> Survival
    ) {
        for run in open {
            switch run.phase {
            case .planned:
                runs[run.run.key] = ActiveRun(run: run.run, phase: .planned)
                planned.insert(DueRun(due: run.run.due, key: run.run.key))
            case .claimed, .started: recover(run, isKnown: known.contains(run.run.key), now, survival)
            }
        }
        commit(now)
    }

    private func recover(_ open: OpenRun, isKnown: Bool, _ now: Moment, _ survival: (OpenRun) -> Survival) {
        let key = open.run.key
        let isSameKeeper = open.keeper == keeper
        if isKnown {
            if isMemoryLost { note(.claim(open.run, keeper, at: now.wall), now) }
            hold(open, .starting)
        } else if open.phase == .claimed, isSameKeeper || isBeforeItsTime(open, now) {
            // Only its keeper could have started it, and it has not; or it was not to start yet.
            runs[key] = ActiveRun(run: open.run, phase: .claiming)
            claiming.append(key)
            note(.claim(open.run, keeper, at: now.wall), now)
        } else if open.keeper?.bootID == bootID, survival(open) == .alive {
            onMessage("\(key.id): adopted, its exit status will not be known", true)
            hold(open, .orphaned)
        } else {
            runs[key] = ActiveRun(run: open.run, phase: .running, started: open.started)
            liveCount += 1
            conclude(open, now)
        }
    }

    /// Nothing is started before it is due, unless the clock was set back since.
    private func isBeforeItsTime(_ open: OpenRun, _ now: Moment) -> Bool {
        now.wall < open.run.due && now.wall >= open.claimed && open.keeper?.bootID == bootID
    }

    private func hold(_ open: OpenRun, _ phase: ActiveRun.Phase) {
        runs[open.run.key] = ActiveRun(run: open.run, phase: phase, started: open.started)
        liveCount += 1
        held[open.run.key.job, default: []].append(open.run.key)
    }

    private func conclude(_ open: OpenRun, _ now: Moment) {
        let key = open.run.key
        if open.phase == .started {
            let isSameBoot = open.keeper?.bootID == bootID
            let result = isSameBoot ? RunResult.lost : .interrupted
            return end(key, RunEnd(result, started: open.started, ended: now.wall), now)
        }
        onMessage("\(key.id): it was claimed before a crash, and nobody knows whether it ran", true)
        end(key, RunEnd(.ambiguous, ended: now.wall), now)
        ambiguous.append(open.run)
    }

    /// Runs those again whose job wants that; after the jobs are taken.
    public func rerunAmbiguous(at now: Moment) {
        for run in ambiguous where jobs[run.key.job]?.description.onAmbiguity == .rerun {
            let key = RunKey(job: run.key.job, tick: run.key.tick, attempt: run.key.attempt + 1)
            plan(Run(key: key, cause: .retry, due: now.wall), now)
        }
        ambiguous = []
    }

    /// An adopted process has ended.
    public func vanished(_ key: RunKey, _ now: Moment) {
        guard let active = runs[key], active.phase == .orphaned else { return }
        end(key, RunEnd(.lost, started: active.started, ended: now.wall), now)
    }

    /// The keeper is gone while the agent runs, and another one is there.
    public func replaceKeeper(
        _ identity: KeeperIdentity, at now: Moment, processes: [RunKey: ProcessIdentity],
        survival: (OpenRun) -> Survival
    ) {
        let old = keeper
        keeper = identity
        for (key, active) in runs where active.phase == .starting || active.phase == .running {
            let phase: OpenRun.Phase = active.phase == .starting ? .claimed : .started
            let open = OpenRun(
                run: active.run, phase: phase, claimed: active.run.due, keeper: old, process: processes[key],
                started: active.started)
            if survival(open) == .alive {
                runs[key]?.phase = .orphaned
                onMessage("\(key.id): adopted, its exit status will not be known", true)
            } else {
                conclude(open, now)
            }
        }
        rerunAmbiguous(at: now)
    }
}
