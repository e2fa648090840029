import Scheduling
import Testing

@testable import Agent

@Suite struct PolicyTests {
    @Test(arguments: [
        (CatchUp.skip, [Int64](), 10), (.once, [10], 9), (.all(3), [8, 9, 10], 7), (.all(100), Array(1...10), 0),
    ])
    func missedTicksFollowTheirRule(rule: CatchUp, caught: [Int64], missedCount: Int) {
        let first = ScriptedHost()
        first.take(job(every: 3_600_000) { $0.catchUp = rule })
        first.pass(1000)
        let host = first.successor(after: 10 * 3_600_000 + 1_800_000)
        host.take(job(every: 3_600_000) { $0.catchUp = rule }, stored: first.journal.jobs["job"])
        host.pass(600_000)
        #expect(host.startedTicks.sorted() == caught.map { $0 * 3_600_000 })
        #expect(host.scheduler.counts.missedCount == missedCount)
    }

    @Test func aCatchUpComesAtTheHostsShareOfFiveMinutesAndSurvivesARestart() {
        let description = job(every: 3_600_000) { $0.catchUp = .once }
        let first = ScriptedHost()
        first.take(description)
        first.pass(1000)
        let second = first.successor(after: 4_000_000)
        second.take(description, stored: first.journal.jobs["job"])
        second.pass(1000)
        #expect(second.runner.started.isEmpty)
        let third = second.successor(after: 10_000)
        third.scheduler.recover(Array(first.journal.open.values), known: [], at: third.now) { _ in .gone }
        third.take(description, stored: first.journal.jobs["job"])
        third.pass(300_000)
        #expect(third.startTimes == [4_001_000 + 149_999])
    }

    @Test func aShortRestartMissesNothing() {
        let first = ScriptedHost()
        first.take(job(offset: 5000))
        first.pass(4500)
        let second = first.successor(after: 3000)
        second.take(job(offset: 5000), stored: first.journal.jobs["job"])
        second.pass(1000)
        #expect(second.startedTicks == [0])
        #expect(second.scheduler.counts.missedCount == 0)
    }

    @Test(arguments: [
        (OverlapPolicy.skip, 1, [RunResult.skipped: 4]), (.queue, 1, [.skipped: 3]), (.allow(2), 2, [.skipped: 3]),
        (.replace, 1, [:]),
    ])
    func overlapFollowsItsRule(rule: OverlapPolicy, runningCount: Int, ends: [RunResult: Int]) {
        let host = ScriptedHost()
        host.duration = nil
        host.take(job { $0.overlap = rule })
        host.pass(5 * 60_000)
        #expect(host.scheduler.runningCount == runningCount)
        #expect(host.scheduler.counts.ends[.skipped] ?? 0 == ends[.skipped] ?? 0)
        if rule == .replace {
            #expect(host.runner.stopped.first == host.runner.started[0].run.key)
            host.end(host.runner.started[0].run.key, .replaced)
            host.wake()
            #expect(host.startedTicks == [60_000, 300_000])
        }
        if rule == .queue {
            host.duration = 10
            host.end(host.runner.started[0].run.key)
            host.pass(10_000)
            #expect(host.startedTicks == [60_000, 120_000])
        }
    }

    @Test func jobsOfAGroupRunOneAfterTheOther() {
        let host = ScriptedHost()
        host.duration = 7000
        for name in ["a", "b", "c"] { host.take(job(name) { $0.group = "backup" }) }
        host.pass(60_000 + 30_000)
        #expect(host.startTimes == [60_000, 67_000, 74_000])
        #expect(Set(host.runner.started.map(\.run.key.job)) == ["a", "b", "c"])
    }

    @Test func attemptsFollowAFailureUntilTheNextTick() {
        let host = ScriptedHost()
        host.duration = nil
        host.take(job { $0.retry = RetryPolicy(max: 5, backoff: .seconds(10)) })
        host.pass(60_000)
        for _ in 0..<6 {
            if let last = host.runner.started.last { host.end(last.run.key, .failed) }
            host.pass(9999)
            host.pass(10_001)
        }
        // Failures at 60, 80 and 100 s; the next attempt would come 40 s later, after the tick of 120 s.
        #expect(host.startTimes.filter { $0 < 120_000 } == [60_000, 70_000, 100_000])
        #expect(host.runner.started.prefix(3).map(\.run.key.attempt) == [1, 2, 3])
    }

    @Test func theHostStartsAtMostSoManyAtOnce() {
        var limits = StartLimits()
        limits.concurrentCount = 32
        let host = ScriptedHost(limits: limits)
        host.duration = 1000
        for number in 0..<100 { host.take(job("job-\(number)")) }
        host.pass(60_000)
        #expect(host.scheduler.runningCount == 32)
        host.pass(10_000)
        #expect(host.runner.started.count == 100)
        #expect(host.startTimes.max() == 63_000)
        #expect(host.scheduler.counts.limitedCount == 68)
    }

    @Test func startsAreLimitedInTheLongRun() {
        var limits = StartLimits()
        limits.concurrentCount = 10_000
        let host = ScriptedHost(limits: limits)
        for number in 0..<1000 { host.take(job("job-\(number)")) }
        host.pass(60_000)
        host.pass(900)
        #expect((380...392).contains(host.runner.started.count))
        host.pass(10_000)
        #expect(host.runner.started.count == 1000)
    }

    @Test func whatCannotStartIsAFailure() {
        let host = ScriptedHost()
        host.runner.fault = LaunchFault("there is no account `nobody-here`")
        host.take(job())
        host.pass(61_000)
        #expect(host.scheduler.counts.ends[.notStarted] == 1)
        #expect(host.scheduler.runningCount == 0)
        #expect(host.journal.ends.values.first?.reason == "there is no account `nobody-here`")
    }

    @Test func anOperatorsRunIsMarked() {
        let host = ScriptedHost()
        host.take(job(every: 86_400_000))
        host.pass(1000)
        #expect(host.scheduler.runNow("job", at: host.now) != nil)
        #expect(host.scheduler.runNow("other", at: host.now) == nil)
        host.pass(1000)
        #expect(host.runner.started.map(\.run.cause) == [.manual])
    }
}
