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

    /// What has another schema than can be, or is no database, is told as such and never traps.
    @Test(arguments: [
        ("PRAGMA user_version = -1", "expected a schema from 0 to 1, found -1", true),
        ("PRAGMA user_version = -2147483648", "expected a schema from 0 to 1, found -2147483648", true),
        ("PRAGMA user_version = 99", "its schema 99 is newer than this binary's 1", false),
    ])
    func anotherSchemaIsRefused(change: String, reason: String, isDamage: Bool) throws {
        let sqlite = Process()
        sqlite.executableURL = URL(filePath: "/usr/bin/python3")
        let script = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(sys.argv[2])"
        sqlite.arguments = ["-c", script, path, change]
        try sqlite.run()
        sqlite.waitUntilExit()
        func fault(_ body: () throws -> Void) -> StateFault? {
            do {
                try body()
                return nil
            } catch {
                return error as? StateFault
            }
        }
        for found in [fault { _ = try AgentDatabase(path: path) }, fault { _ = try AgentHistory(reading: path) }] {
            #expect(found?.reason == reason && found?.isDamage == isDamage)
            #expect(found.map { "\($0)" } == "cannot read \(path): \(reason)")
        }
        #expect(fault { _ = try StateDatabase.opened(at: path) } != nil)
        #expect(fault { _ = try StateDatabase.reading(path) } != nil)
    }

    @Test func whatIsNoDatabaseIsDamage() throws {
        let other = path + ".other"
        defer { try? FileManager.default.removeItem(atPath: other) }
        try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: other))
        let fault = try #require(throws: StateFault.self) { _ = try AgentDatabase(path: other) }
        #expect(fault.isDamage && fault.text.hasSuffix("\(other): file is not a database"))
    }

    @Test func theOldestOutputsGoFirst() throws {
        let path = path + ".small"
        let small = try AgentDatabase(path: path, outputLimit: 100_000)
        defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
        let head = [UInt8](repeating: 65, count: 1000)
        for tick in 1...300 as ClosedRange<Int64> {
            let ended = RunEnd(.succeeded, started: tick, ended: tick, head: head, outputByteCount: 1000)
            _ = try small.commit([end(run(tick, job: "job-\(tick % 7)"), ended)])
        }
        let history = AgentHistory(of: small)
        let kept = try (1...300 as ClosedRange<Int64>).filter { tick in
            try !history.output(of: run(tick, job: "job-\(tick % 7)").key).head.isEmpty
        }
        #expect((80...100).contains(kept.count))
        #expect(kept == Array((301 - Int64(kept.count))...300))
        // The runs themselves stay.
        #expect(try history.runs(ofJob: "job-1", limit: 100).count == 43)
        // Another agent counts what is there.
        let again = try AgentDatabase(path: path, outputLimit: 10_000)
        _ = try again.commit([end(run(301), RunEnd(.succeeded, ended: 301, head: head, outputByteCount: 1000))])
        #expect(try AgentHistory(of: again).output(of: run(300, job: "job-6").key).head.count == 1000)
        #expect(try AgentHistory(of: again).output(of: run(290, job: "job-3").key).head.isEmpty)
    }

    /// Their keys are what keeps them from running twice.
    @Test func whatRanInTheFutureIsRememberedUntilThen() throws {
        for tick in 100_000...100_300 as ClosedRange<Int64> {
            _ = try database.commit([end(run(tick), RunEnd(.succeeded, ended: tick + 1))])
        }
        // The clock is set right.
        _ = try database.commit((100_000...100_300 as ClosedRange<Int64>).map { .reserve(run($0).key) })
        for tick in 1...300 as ClosedRange<Int64> {
            _ = try database.commit([end(run(tick), RunEnd(.succeeded, ended: tick + 1))])
        }
        for tick in 100_000...100_300 as ClosedRange<Int64> {
            #expect(try database.commit([claim(run(tick))]) == [run(tick).key])
        }
        #expect(try database.commit([claim(run(300))]) == [run(300).key])
    }

    @Test func historyIsKeptInBounds() throws {
        for tick in 1...1000 as ClosedRange<Int64> {
            let ended = RunEnd(.succeeded, started: tick, ended: tick + 1, head: [65], outputByteCount: 1)
            _ = try database.commit([end(run(tick), ended)])
        }
        let history = AgentHistory(of: database)
        let count = try history.runs(ofJob: "job", limit: 10_000).count
        #expect((100...400).contains(count))
        try database.forgetOld(at: AgentDatabase.keptTime + 2000)
        #expect(try history.runs(ofJob: "job", limit: 10_000).isEmpty)
    }
}
