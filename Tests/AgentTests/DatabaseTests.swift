import Agent
import Foundation
import State
import Testing

/// The real journal keeps the rules that the scheduler relies on.
@Suite final class AgentDatabaseTests {
    private let keeper = KeeperIdentity(number: 7, bootID: "boot")
    private let path = NSTemporaryDirectory() + "lodestar-agent-\(UUID().uuidString).db"

    private func run(_ tick: Int64, attempt: Int = 1, job: String = "job") -> Run {
        Run(key: RunKey(job: job, tick: tick, attempt: attempt), cause: .tick, due: tick + 5)
    }

    private func claim(_ run: Run) -> JournalEntry { .claim(run, keeper, at: 1) }

    private func end(_ run: Run, _ end: RunEnd) -> JournalEntry { .ended(run.key, end, cause: run.cause, due: run.due) }

    private let database: AgentDatabase

    init() throws { database = try AgentDatabase(path: path) }

    deinit { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }

    @Test func aKeyHasItsRunOnce() throws {
        #expect(try database.commit([claim(run(1))]).isEmpty)
        #expect(try database.commit([end(run(1), RunEnd(.succeeded, started: 6, ended: 7))]).isEmpty)
        #expect(try database.commit([claim(run(1)), claim(run(2))]) == [run(1).key])
        #expect(try database.commit([.plan(run(1)), .plan(run(2))]) == [run(1).key, run(2).key])
    }

    @Test func aPlannedRunIsClaimedAndAClaimMovesToAnotherKeeper() throws {
        #expect(try database.commit([.plan(run(1)), claim(run(1))]).isEmpty)
        #expect(try database.commit([.claim(run(1), KeeperIdentity(number: 8, bootID: "b"), at: 2)]).isEmpty)
        let open = try AgentHistory(of: database).openRuns()
        #expect(open.map(\.keeper) == [KeeperIdentity(number: 8, bootID: "b")])
        #expect(open.map(\.phase) == [.claimed])
    }

    @Test func aClaimIsGivenBackUnlessItHasStarted() throws {
        let process = ProcessIdentity(number: 99, start: 12)
        _ = try database.commit([claim(run(1)), claim(run(2)), .started(run(2).key, process, at: 6)])
        _ = try database.commit([.release(run(1).key), .release(run(2).key)])
        let open = try AgentHistory(of: database).openRuns().sorted { $0.run.key.tick < $1.run.key.tick }
        #expect(open.map(\.phase) == [.planned, .started])
    }

    @Test func aStartedRunIsNotClaimedAgain() throws {
        let process = ProcessIdentity(number: 99, start: 12)
        _ = try database.commit([claim(run(1)), .started(run(1).key, process, at: 6)])
        #expect(try database.commit([claim(run(1))]) == [run(1).key])
        let open = try AgentHistory(of: database).openRuns()
        #expect(open.map(\.process) == [process])
        #expect(open.map(\.started) == [6])
    }

    @Test func whatIsCommittedIsThereAfterwards() throws {
        let job = StoredJob(
            name: "job", timing: "every 60", period: 60_000, watermark: 5, lastStart: 4, bootID: "b", lastEndBoot: 3,
            missedCount: 2)
        let ended = RunEnd(
            .failed, started: 6, ended: 9, exitStatus: 3, reason: "because", head: [1, 2], tail: [3],
            outputByteCount: 30)
        _ = try database.commit([.job(job), claim(run(1)), end(run(1), ended)])
        try database.keep("1 reason", as: "pause")
        let history = try AgentHistory(reading: path)
        #expect(try history.jobs() == [job])
        let runs = try history.runs(ofJob: "job", limit: 10)
        #expect(runs.map(\.result) == ["failed"])
        #expect(runs.map(\.exitStatus) == [3])
        #expect(runs.map(\.reason) == ["because"])
        #expect(try history.output(of: run(1).key).head == [1, 2])
        #expect(try history.kept("pause") == "1 reason")
        _ = try database.commit([.removed("job")])
        #expect(try history.jobs().isEmpty)
        #expect(try history.runs(ofJob: "job", limit: 10).count == 1)
    }

    @Test func historyIsKeptInBounds() throws {
        let ended = RunEnd(.succeeded, started: 6, ended: 7, head: [65], outputByteCount: 1)
        for tick in 1...1000 as ClosedRange<Int64> { _ = try database.commit([end(run(tick), ended)]) }
        let history = AgentHistory(of: database)
        let count = try history.runs(ofJob: "job", limit: 10_000).count
        #expect((100...400).contains(count))
        try database.forgetOld(at: AgentDatabase.keptTime + 8)
        #expect(try history.runs(ofJob: "job", limit: 10_000).isEmpty)
    }
}
