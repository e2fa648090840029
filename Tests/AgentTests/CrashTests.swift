import Scheduling
import Testing

@testable import Agent
import TestSupport

@Suite struct CrashTests {
    /// A host that was killed right after its claims were on the disk.
    private func killedAfterClaim(_ change: (inout JobDescription) -> Void = { _ in }) -> (ScriptedHost, JobDescription)
    {
        let description = job(offset: 1000, change)
        let host = ScriptedHost()
        host.take(description)
        host.pass(950)
        #expect(host.runner.started.isEmpty)
        #expect(host.journal.open.count == 1)
        return (host, description)
    }

    private func recovered(
        from host: ScriptedHost, _ description: JobDescription, after downtime: Int64 = 500, keeper: Int64 = 1,
        bootID: String = "boot-1", known: Set<RunKey> = [], survival: Survival = .gone
    ) -> ScriptedHost {
        let next = host.successor(after: downtime, keeper: keeper, bootID: bootID)
        next.scheduler.recover(Array(host.journal.open.values), known: known, at: next.now) { _ in survival }
        next.take(description, stored: host.journal.jobs["job"])
        next.scheduler.rerunAmbiguous(at: next.now)
        return next
    }

    @Test func aClaimThatTheSameKeeperDoesNotKnowIsStarted() {
        let (host, description) = killedAfterClaim()
        let next = recovered(from: host, description)
        next.pass(1000)
        #expect(next.startedTicks == [0])
        #expect(host.journal.ends.values.allSatisfy { $0.result != .ambiguous })
    }

    @Test func aClaimThatTheKeeperKnowsIsNotStartedAgain() {
        let (host, description) = killedAfterClaim()
        let key = RunKey(job: "job", tick: ScriptedHost.midnight)
        let next = recovered(from: host, description, known: [key])
        next.scheduler.started(key, ProcessIdentity(number: 7, start: 1), at: next.now.wall, next.now)
        next.pass(1000)
        #expect(next.runner.started.isEmpty)
        #expect(next.scheduler.runningCount == 1)
        next.end(key)
        next.pass(1000)
        #expect(host.journal.ends[key]?.result == .succeeded)
        #expect(next.runner.forgotten == [key])
    }

    @Test(arguments: [("boot-1", Int64(2)), ("boot-2", 2)])
    func aClaimOfAnotherKeeperIsAmbiguousAndSkipped(bootID: String, keeper: Int64) {
        let (host, description) = killedAfterClaim()
        let next = recovered(from: host, description, keeper: keeper, bootID: bootID)
        next.pass(1000)
        #expect(next.runner.started.isEmpty)
        #expect(host.journal.ends.values.map(\.result) == [.ambiguous])
        next.pass(60_000)
        #expect(next.startedTicks == [60_000])
    }

    @Test func anAmbiguousClaimRunsAgainWhereTheJobWantsThat() {
        let (host, description) = killedAfterClaim { $0.onAmbiguity = .rerun }
        let next = recovered(from: host, description, keeper: 2)
        next.pass(1000)
        #expect(next.runner.started.map(\.run.key) == [RunKey(job: "job", tick: ScriptedHost.midnight, attempt: 2)])
    }

    @Test func aClaimBeforeItsInstantWasNotStartedByAnybody() {
        let (host, description) = killedAfterClaim()
        let next = recovered(from: host, description, after: 10, keeper: 2)
        next.pass(1000)
        #expect(next.startedTicks == [0])
    }

    @Test func aStoppedAgentGivesBackWhatItHasNotStarted() {
        let (host, description) = killedAfterClaim()
        host.scheduler.stop(host.now)
        #expect(host.journal.open.values.map(\.phase) == [.planned])
        let next = recovered(from: host, description, keeper: 2)
        next.pass(1000)
        #expect(next.startedTicks == [0])
    }

    @Test(arguments: [(CatchUp.skip, 0), (.once, 1)])
    func aClaimThatIsFoundTooLateIsAMiss(rule: CatchUp, startCount: Int) {
        let (host, description) = killedAfterClaim { $0.catchUp = rule }
        let next = recovered(from: host, description, after: 30_000)
        next.pass(1000)
        #expect(next.runner.started.count == startCount)
        #expect(host.journal.ends.values.map(\.result) == [rule == .skip ? .skipped : .succeeded])
    }

    @Test func aProcessThatOutlivesItsKeeperIsAdopted() {
        let description = job(offset: 1000)
        let host = ScriptedHost()
        host.duration = nil
        host.take(description)
        host.pass(2000)
        let next = recovered(from: host, description, keeper: 2, survival: .alive)
        #expect(next.scheduler.runningCount == 1)
        next.pass(60_000)
        #expect(next.scheduler.counts.ends[.skipped] == 1)
        let key = RunKey(job: "job", tick: ScriptedHost.midnight)
        next.scheduler.vanished(key, next.now)
        next.pass(1000)
        #expect(host.journal.ends[key]?.result == .lost)
    }

    @Test(arguments: [("boot-1", RunResult.lost), ("boot-2", .interrupted)])
    func whatRanAndIsGoneIsWrittenDown(bootID: String, result: RunResult) {
        let description = job(offset: 1000)
        let host = ScriptedHost()
        host.duration = nil
        host.take(description)
        host.pass(2000)
        let next = recovered(from: host, description, keeper: 2, bootID: bootID)
        next.pass(1000)
        #expect(host.journal.ends.values.map(\.result) == [result])
        #expect(next.runner.started.isEmpty)
    }

    /// What the lost journal of this boot held, nobody knows.
    @Test(arguments: [(AmbiguityPolicy.skip, 0), (.rerun, 1)])
    func aJobOfTheBootIsAmbiguousWhenTheJournalIsLost(rule: AmbiguityPolicy, count: Int) {
        let description = JobDescription(name: "job", recurrence: .boot, timing: "@reboot")
        for isLost in [true, false] {
            let host = ScriptedHost()
            host.scheduler.isMemoryLost = isLost
            var job = description
            job.onAmbiguity = rule
            host.take(job)
            host.pass(1000)
            #expect(host.runner.started.count == (isLost ? count : 1))
            #expect(host.journal.ends.values.contains { $0.result == .ambiguous } == (isLost && rule == .skip))
            // It is settled: the next agent of this boot does not ask again.
            let next = host.successor(after: 10)
            next.take(job, stored: host.journal.jobs["job"])
            next.pass(1000)
            #expect(next.runner.started.isEmpty)
        }
    }

    /// The keeper knows a run that the lost journal held.
    @Test func aRunThatOnlyTheKeeperKnowsIsHeldAndWrittenDown() {
        let host = ScriptedHost()
        host.scheduler.isMemoryLost = true
        let key = RunKey(job: "job", tick: ScriptedHost.midnight)
        let open = OpenRun(
            run: Run(key: key, cause: .tick, due: key.tick), phase: .claimed, claimed: 1, keeper: host.scheduler.keeper)
        host.scheduler.recover([open], known: [key], at: host.now) { _ in .gone }
        host.take(job(offset: 1000))
        host.scheduler.started(key, ProcessIdentity(number: 7, start: 1), at: host.now.wall, host.now)
        host.pass(62_000)
        #expect(host.runner.started.isEmpty && host.scheduler.counts.ends[.skipped] == 1)
        host.end(key)
        host.pass(1000)
        #expect(host.journal.ends[key]?.result == .succeeded)
    }

    @Test func anEndThatWasWrittenDownIsForgottenByTheKeeper() {
        let (host, description) = killedAfterClaim()
        let next = recovered(from: host, description)
        next.end(RunKey(job: "other", tick: 1))
        #expect(next.runner.forgotten == [RunKey(job: "other", tick: 1)])
    }

    /// Kills the agent at random moments, with or without its keeper, and counts the starts of each tick.
    @Test(arguments: 0..<20)
    func noTickRunsTwiceWhereverTheAgentDies(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let description = job(every: 1000, offset: 137) { $0.catchUp = .all(100) }
        var host = ScriptedHost()
        host.take(description)
        var keeper: Int64 = 1, starts: [RunKey: Int] = [:], known: Set<RunKey> = []
        for _ in 0..<200 {
            host.pass(Int64.random(in: 0..<700, using: &random))
            for start in host.runner.started { starts[start.run.key, default: 0] += 1 }
            known.formUnion(host.runner.started.map(\.run.key))
            known.subtract(host.runner.forgotten)
            if Bool.random(using: &random) {
                keeper += 1
                known = []
            }
            host = recovered(
                from: host, description, after: Int64.random(in: 0..<400, using: &random), keeper: keeper, known: known)
            for key in known.sorted(by: { $0.tick < $1.tick }) { host.end(key) }
        }
        host.pass(5000)
        for start in host.runner.started { starts[start.run.key, default: 0] += 1 }
        #expect(starts.values.allSatisfy { $0 == 1 })
        // Each tick ran, or stands in the journal as something else.
        let ticks = Set(starts.keys.map(\.tick)).union(host.journal.ends.keys.map(\.tick))
        let last = (host.now.wall - 6000) / 1000
        for second in (ScriptedHost.midnight / 1000)..<last {
            #expect(ticks.contains(second * 1000), "the tick of second \(second) is lost")
        }
    }
}
