import Testing

@testable import Agent

@Suite struct SchedulerTests {
    /// The same text, and other ticks: the rules of the zone have changed.
    @Test func aScheduleFollowsTheRulesOfItsZone() {
        let host = ScriptedHost()
        host.take(job(every: 3_600_000, offset: 0))
        host.pass(1000)
        var other = job(every: 3_600_000, offset: 1_800_000)
        other.timing = job(every: 3_600_000, offset: 0).timing
        host.take(other)
        host.pass(3_600_000)
        #expect(host.startTimes.contains(1_800_000) && !host.startTimes.contains(3_600_000))
        // Taken again as it is, it goes on where it was.
        let count = host.runner.started.count
        host.take(other)
        host.pass(3_600_000)
        #expect(host.runner.started.count == count + 1)
    }

    @Test(arguments: [true, false]) func outputIsKeptWhereTheJobKeepsIt(isKept: Bool) {
        let host = ScriptedHost()
        host.duration = nil
        host.take(job(offset: 1000) { $0.keepsOutput = isKept })
        host.pass(1500)
        let key = RunKey(job: "job", tick: ScriptedHost.midnight)
        // Another definition while it runs changes nothing of what it has printed.
        host.take(job(offset: 1000) { $0.keepsOutput = !isKept })
        host.scheduler.ended(
            key, RunEnd(.failed, started: 1, ended: 2, exitStatus: 3, head: [65], tail: [66], outputByteCount: 2),
            host.now)
        host.pass(1000)
        let end = host.journal.ends[key]
        #expect(end?.head == (isKept ? [65] : []) && end?.tail == (isKept ? [66] : []))
        #expect(end?.outputByteCount == 2 && end?.exitStatus == 3)
    }

    /// Nobody knows whether the output of a job that is declared no more holds a secret.
    @Test func theOutputOfAnAdoptedRunWithoutAJobIsNotKept() {
        let host = ScriptedHost()
        let key = RunKey(job: "gone", tick: ScriptedHost.midnight)
        let open = OpenRun(
            run: Run(key: key, cause: .tick, due: key.tick), phase: .started, claimed: 1,
            keeper: host.scheduler.keeper, process: ProcessIdentity(number: 7, start: 1), started: 1)
        host.scheduler.recover([open], known: [key], at: host.now) { _ in .gone }
        host.scheduler.ended(
            key, RunEnd(.succeeded, started: 1, ended: 2, head: [65], outputByteCount: 1), host.now)
        host.pass(1000)
        #expect(host.journal.ends[key]?.head == [])
    }

    @Test func eachTickRunsOnceAtItsInstant() {
        let host = ScriptedHost()
        host.take(job(offset: 12_345))
        host.pass(300_000)
        #expect(host.startTimes == [12_345, 72_345, 132_345, 192_345, 252_345])
        #expect(host.startedTicks == [0, 60_000, 120_000, 180_000, 240_000])
    }

    @Test func aClaimIsOnTheDiskBeforeItsRunStarts() {
        let host = ScriptedHost()
        host.take(job(offset: 1000))
        host.pass(800)
        host.journal.isFull = true
        host.pass(5000)
        #expect(host.runner.started.isEmpty)
        host.journal.isFull = false
        host.pass(1000)
        #expect(host.startedTicks == [0])
        #expect(host.messages.contains { $0.hasPrefix("cannot remember runs") })
    }

    @Test func aFullDiskMissesTicksAndStartsNoBurstAfterwards() {
        let host = ScriptedHost()
        host.take(job(every: 1000, offset: 500))
        host.journal.isFull = true
        host.pass(60_000)
        host.journal.isFull = false
        host.pass(2000)
        #expect(host.runner.started.count <= 4)
        #expect(host.scheduler.counts.missedCount >= 55)
    }

    @Test func manyJobsSpreadOverAMinuteNeedFewTransactions() {
        let host = ScriptedHost(limits: StartLimits())
        for number in 0..<1000 { host.take(job("job-\(number)", offset: Int64(number) * 60)) }
        host.pass(1000)
        let before = host.journal.commitCount
        host.pass(60_000)
        #expect(host.runner.started.count >= 1000)
        #expect(host.journal.commitCount - before <= 600)
        #expect(host.scheduler.counts.greatestLateness == 0)
    }

    @Test func aNewJobRunsTodayWhenItsInstantIsStillToCome() {
        let host = ScriptedHost(at: ScriptedHost.midnight + 3_600_000)
        host.take(job(every: 86_400_000, offset: 7_200_000))
        host.pass(7_200_000)
        #expect(host.startTimes == [7_200_000])
    }

    @Test func aJobOfTheBootRunsOnceForEachBootID() {
        var boot = job()
        boot.recurrence = .boot
        boot.timing = "@reboot"
        let host = ScriptedHost()
        host.take(boot)
        host.pass(120_000)
        #expect(host.runner.started.count == 1)
        let second = host.successor()
        second.take(boot, stored: host.journal.jobs["job"])
        second.pass(60_000)
        #expect(second.runner.started.isEmpty)
        let third = host.successor(bootID: "boot-2")
        third.take(boot, stored: host.journal.jobs["job"])
        third.pass(60_000)
        #expect(third.runner.started.count == 1)
    }

    @Test func aDelayCountsFromTheEndOfTheRunBefore() {
        var after = job()
        after.recurrence = .after(30_000)
        after.share = 0
        let host = ScriptedHost()
        host.duration = 5000
        host.take(after)
        host.pass(100_000)
        #expect(host.startTimes == [0, 35_000, 70_000])
        host.setClock(forward: 10_000_000)
        host.pass(35_000)
        #expect(host.runner.started.count == 4)
    }

    @Test func anotherScheduleDropsUnfiredTicksAndKeepsItsDistance() {
        let host = ScriptedHost()
        host.take(job(every: 3_600_000, offset: 0))
        host.pass(3_600_000 + 1000)
        #expect(host.startTimes == [3_600_000])
        host.take(job(every: 60_000, offset: 5000))
        host.pass(70_000)
        #expect(host.startTimes == [3_600_000, 3_600_000 + 65_000])
    }

    @Test func takingTheSameJobAgainChangesNothing() {
        let host = ScriptedHost()
        host.take(job(offset: 30_000))
        for _ in 0..<100 {
            host.take(job(offset: 30_000))
            host.pass(6000)
        }
        #expect(host.startedTicks == (0..<10).map { $0 * 60_000 })
    }

    @Test(arguments: [RunKey(job: "job", tick: 1), RunKey(job: "a.b-c_1.2", tick: 1_795_478_400_000, attempt: 12)])
    func aKeyIsReadBackFromItsText(key: RunKey) {
        #expect(RunKey(id: key.id) == key)
        #expect(RunKey(id: key.id + "x") == nil)
        #expect(RunKey(id: "\(key.job).\(key.tick).0") == nil)
    }

    @Test func aRemovedJobRunsNoMore() {
        let host = ScriptedHost()
        host.take(job())
        host.pass(61_000)
        host.scheduler.remove("job", at: host.now)
        host.pass(300_000)
        #expect(host.runner.started.count == 1)
        #expect(host.journal.jobs.isEmpty)
    }

    @Test func aPauseMissesWhatFallsIntoIt() {
        let host = ScriptedHost()
        host.take(job(offset: 1000))
        host.scheduler.isPaused = true
        host.pass(300_000)
        #expect(host.runner.started.isEmpty)
        host.scheduler.isPaused = false
        host.pass(60_000)
        #expect(host.startTimes == [301_000])
        #expect(host.scheduler.counts.missedCount == 5)
    }
}
