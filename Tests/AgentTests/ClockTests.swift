import Scheduling
import Testing

@testable import Agent

@Suite struct ClockTests {
    @Test func nothingRunsBeforeTheClockIsPlausible() {
        let host = ScriptedHost(at: 3_600_000)
        host.take(job())
        host.pass(600_000)
        #expect(host.runner.started.isEmpty)
        #expect(host.journal.entries.isEmpty)
        #expect(host.scheduler.nextWake(host.now) == nil)
        host.setClock(forward: ScriptedHost.midnight - host.now.wall + 1000)
        host.pass(120_000)
        #expect(host.startTimes == [60_000, 120_000])
    }

    @Test(arguments: [3_600_000, 86_400_000 * 400])
    func aStepForwardIsDowntimeAndNoBurst(step: Int64) {
        let host = ScriptedHost()
        host.take(job(every: 1000, offset: 500))
        host.pass(5000)
        let before = host.runner.started.count
        host.setClock(forward: step)
        host.pass(900)
        #expect(host.runner.started.count - before <= 1)
        #expect(host.scheduler.counts.missedCount >= 3000)
    }

    @Test func aStepForwardCatchesUpOnceWhereTheJobWantsIt() {
        let host = ScriptedHost()
        host.take(job(every: 3_600_000) { $0.catchUp = .once })
        host.pass(1000)
        host.setClock(forward: 10 * 3_600_000 + 600_000)
        host.pass(600_000)
        #expect(host.startedTicks == [10 * 3_600_000])
        #expect(host.scheduler.counts.missedCount == 9)
    }

    @Test func aStepBackwardRepeatsNoTick() {
        let host = ScriptedHost()
        host.take(job(offset: 1000))
        host.pass(600_000)
        host.setClock(forward: -300_000)
        host.pass(900_000)
        let ticks = host.startedTicks
        #expect(ticks == (0..<20).map { $0 * 60_000 })
        #expect(Set(ticks).count == ticks.count)
    }

    @Test func aWatermarkFarInTheFutureIsResetAndTold() {
        let host = ScriptedHost()
        host.take(job(offset: 1000))
        host.pass(120_000)
        host.setClock(forward: 30 * 86_400_000)
        host.pass(120_000)
        host.setClock(forward: -30 * 86_400_000)
        let before = host.runner.started.count
        host.pass(120_000)
        #expect(host.runner.started.count == before + 2)
        #expect(host.messages.contains { $0.contains("in the future") })
        #expect(Set(host.startedTicks).count == host.startedTicks.count)
    }

    /// By how much the clock was ahead, and for how long, in milliseconds.
    @Test(arguments: [(3_600_000, 130_000), (6 * 3_600_000, 600_000), (23 * 3_600_000, 1000), (600_000, 1_200_000)])
    func aClockThatWasAheadSilencesNothing(lead: Int64, span: Int64) {
        for isRestarted in [false, true] {
            let host = ScriptedHost()
            host.take(job(offset: 1000))
            host.pass(300_000)
            host.setClock(forward: lead)
            host.pass(span)
            if isRestarted { host.scheduler.stop(host.now) }
            let next = isRestarted ? host.successor(after: 0) : host
            let before = Set(host.startedTicks), began = next.now.wall - lead
            next.setClock(forward: -lead)
            if isRestarted { next.take(job(offset: 1000), stored: host.journal.jobs["job"]) }
            next.pass(lead + 600_000)
            let all = isRestarted ? host.startedTicks + next.startedTicks : host.startedTicks
            #expect(Set(all).count == all.count, "a tick ran twice")
            // Every tick since the correction ran now, or had run before.
            let ticks = Set(all)
            for tick in stride(from: began - began % 60_000 + 60_000, to: next.now.wall - 60_000, by: 60_000) {
                #expect(ticks.contains(tick - ScriptedHost.midnight), "the tick of minute \(tick / 60_000) is lost")
            }
            #expect(before.count < ticks.count)
            #expect(next.messages.count { $0.hasPrefix("the clock was ahead: 1 schedule had run up to") } == 1)
        }
    }

    @Test func manySchedulesThatWereAheadAreOneMessage() {
        let host = ScriptedHost()
        for number in 0..<50 { host.take(job("job-\(number)", offset: 1000)) }
        host.pass(120_000)
        host.setClock(forward: 3_600_000)
        host.pass(120_000)
        host.setClock(forward: -3_600_000)
        host.pass(1000)
        #expect(host.messages.count { $0.contains("the clock was ahead") } == 1)
        #expect(host.messages.contains { $0.contains("50 schedules had run up to 59 min in the future") })
    }

    @Test func aChangedScheduleThatKeepsItsDistanceIsNotAhead() {
        let host = ScriptedHost()
        host.take(job(every: 86_400_000, offset: 1000))
        host.pass(2000)
        host.take(job(every: 3_600_000, offset: 1000))
        let next = host.successor(after: 1000)
        next.take(job(every: 3_600_000, offset: 1000), stored: host.journal.jobs["job"])
        next.pass(2 * 3_600_000)
        #expect(next.startedTicks == [3_600_000, 7_200_000].filter { $0 <= 2 * 3_600_000 })
        #expect(next.messages.allSatisfy { !$0.contains("ahead") })
    }

    @Test func aWeeklyScheduleIsNotAheadBeforeItsFirstTick() {
        let host = ScriptedHost()
        host.take(job(every: 7 * 86_400_000, offset: 1000))
        host.pass(1000)
        let next = host.successor(after: 1000)
        next.take(job(every: 7 * 86_400_000, offset: 1000), stored: host.journal.jobs["job"])
        next.setClock(forward: -2000)
        next.pass(10_000)
        #expect(next.messages.allSatisfy { !$0.contains("ahead") })
    }

    @Test func aTickThatRanIsRefusedByTheJournalWhateverTheClockSays() {
        let host = ScriptedHost()
        host.take(job(offset: 1000))
        host.pass(300_000)
        let next = host.successor()
        next.now.wall -= 240_000
        next.take(job(offset: 1000))
        next.pass(240_000)
        #expect(next.runner.started.allSatisfy { run in !host.runner.started.contains { $0.run.key == run.run.key } })
    }

    @Test func slewingIsNoStep() {
        let host = ScriptedHost()
        host.take(job(every: 1000))
        for _ in 0..<100 {
            host.setClock(forward: 200)
            host.pass(1000)
        }
        #expect(host.messages.allSatisfy { !$0.contains("was set") })
        #expect(host.scheduler.counts.missedCount == 0)
    }

    @Test func aStepKeepsTheDistanceOfARetry() {
        let host = ScriptedHost()
        host.duration = nil
        host.take(job(every: 3_600_000) { $0.retry = RetryPolicy(max: 1, backoff: .seconds(10)) })
        host.pass(3_600_000)
        host.end(host.runner.started[0].run.key, .failed)
        host.setClock(forward: 1_000_000)
        host.pass(9000)
        #expect(host.runner.started.count == 1)
        host.pass(1100)
        #expect(host.runner.started.count == 2)
    }
}
