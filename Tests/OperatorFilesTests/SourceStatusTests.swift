import Model
import Signatures
import TestSupport
import Testing

@testable import OperatorFiles

@Suite struct SourceStatusTests {
    private func status(_ answers: [(SourceStatus.Answer, Int64)]) -> SourceStatus {
        var status = SourceStatus()
        for (answer, time) in answers { status.hears(answer, at: time) }
        return status
    }

    @Test func eachFailureWaitsLongerUpToAnHour() {
        var waits: [Int64] = []
        for count in 1...9 {
            let status = status((1...count).map { (.unreachable, Int64($0) * 10_000) })
            waits.append((status.next ?? 0) - (status.attempt ?? 0))
            #expect(status.since == 10_000)
        }
        #expect(waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600])
        #expect(status([(.unreachable, 10), (.taken, 20)]).next == nil)
        #expect(status([(.unreachable, 10), (.refused, 20)]).next == nil)
    }

    @Test func aClockThatWasSetKeepsNobodyWaiting() {
        let status = status([(.unreachable, 1000)])
        for (now, isLeft) in [(999, false), (1000, true), (1059, true), (1060, false), (9999, false)] as [(Int64, Bool)]
        {
            #expect(status.isToBeLeftAlone(at: now) == isLeft, "\(now)")
        }
    }

    @Test func ofSeveralStatesTheWorstIsTold() {
        var old = status([(.taken, 100)])
        old.taken = TakenCommit(commit: String(repeating: "a", count: 40), subject: "s", made: 0, time: 100)
        #expect(old.state(within: nil, at: 1_000_000) == .current)
        #expect(old.state(within: 3600, at: 3600) == .current)
        #expect(old.state(within: 3600, at: 3601) == .stale)
        old.hears(.unreachable, at: 200)
        #expect(old.state(within: nil, at: 3601) == .unreachable)
        #expect(old.state(within: 3600, at: 3601) == .stale)
        old.hears(.refused, at: 300)
        #expect(old.state(within: 3600, at: 3601) == .refused)
        #expect(SourceStatus().state(within: 1, at: 3601) == .unknown)
    }

    /// One long subject, of a commit or a bundle, must not stop what else is remembered.
    @Test func longSubjectsAndLongFilesStopNothing() throws {
        let folder = TemporaryFolder(), one = SiteSource(parsing: "https://a/b#c")
        let taken = TakenCommit(
            commit: String(repeating: "a", count: 40), subject: String(repeating: "ä", count: 1 << 20), made: 0, time: 1
        )
        #expect(taken.subject == String(repeating: "ä", count: 512))
        var history = try SourceHistory(in: folder.path)
        try history.change(one) { ($0.taken, $0.current) = (taken, taken) }
        #expect(try SourceHistory(in: folder.path)[one].taken == taken)
        try history.change(one) { $0.reason = String(repeating: "x", count: 1 << 20) }
        history = try SourceHistory(in: folder.path)
        #expect(history.names.isEmpty)
        try history.change(one) { $0.taken = taken }
        #expect(try SourceHistory(in: folder.path)[one].taken == taken)
    }

    @Test func whatIsKeptIsReadAgainAndGarbageIsNothing() throws {
        var whole = status([(.taken, 100), (.refused, 200)])
        whole.taken = TakenCommit(
            commit: String(repeating: "b", count: 40), subject: "a \"b\"", signer: "ana", key: "SHA256:x", made: 7,
            time: 100)
        (whole.candidate, whole.candidateKey, whole.reason) = (String(repeating: "c", count: 40), "SHA256:y", "because")
        #expect(SourceStatus(whole.datum) == whole)
        for text in [
            "{}", "[]", "null",
            "{\"answer\": 7, \"failures\": -1, \"taken\": {\"commit\": \"--upload-pack=x\", \"time\": 1}}",
            "{\"attempt\": 999999999999999, \"since\": -5, \"taken\": []}",
        ] {
            #expect(SourceStatus(try Datum(json: Array(text.utf8))) == SourceStatus(), "\(text)")
        }
    }

    @Test func anApplyCountsAsFailedUntilItHasEndedWell() throws {
        let folder = TemporaryFolder(), one = String(repeating: "1", count: 40), two = String(repeating: "2", count: 40)
        var record = try SourceRecord(in: folder.path)
        try record.begin(one, made: nil, at: 5)
        for _ in 0..<3 { try record.attempt(one) }
        // Another process reads what a killed one left.
        record = try SourceRecord(in: folder.path)
        #expect(record.failed == FailedCommit(commit: one, count: 3))
        try record.withdrawAttempt()
        #expect(record.failed?.count == 2)
        try record.begin(one, made: nil, at: 6)
        #expect(record.failed?.count == 2)
        try record.begin(two, made: nil, at: 7)
        #expect(record.failed == nil)
        try record.attempt(two)
        try record.withdrawAttempt()
        #expect(try SourceRecord(in: folder.path).failed == nil)
        try record.attempt(two)
        try record.forgetFailures()
        #expect(try SourceRecord(in: folder.path).failed == nil)
    }

    @Test func aCommitterWhoseClockIsAheadTakesNobodyAlong() {
        let plausible = SourceTrust(.init(), notBefore: 1000, clock: 2000),
            without = SourceTrust(.init(), notBefore: 1000, clock: 5)
        #expect(plausible.time(provedBy: 1500) == 1500)
        #expect(plausible.time(provedBy: 9_000_000) == 2000 + 86_400)
        #expect(without.time(provedBy: 9_000_000) == 9_000_000)
        #expect(without.notBefore(50_000).now == 50_000 && plausible.notBefore(5).now == 2000)
    }
}
