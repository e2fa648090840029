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
