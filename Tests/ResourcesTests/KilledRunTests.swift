@testable import Engine
import LinuxHost
import Model
import State
import Testing

/// What a run that was killed leaves beside the files that it meant to change, and that the next one takes away.
@Suite struct KilledRunTests {
    private func store(of bench: LawBench) throws -> StateDatabase { try #require(bench.store as? StateDatabase) }

    private func begin(_ path: String, in bench: LawBench) throws -> Int {
        let start = RunStart(site: "s", revision: "r", catalogDigest: Digest(of: "x"), time: 1)
        let run = try store(of: bench).begin(start)
        var preparation = Preparation()
        let image = PathImage(after: try path.asPath, keeping: .nothing, on: bench.host)
        preparation.images = [Image(address: try #require(Address("file:\(path)")), subject: .path(image))]
        try store(of: bench).prepare(preparation, run: run)
        return run
    }

    @Test func theLastRunIsRememberedUntilSomebodyLooked() throws {
        let bench = try LawBench.simulated()
        #expect(try store(of: bench).pathsOfKilledRun().isEmpty)
        _ = try begin("/srv/a", in: bench)
        _ = try begin("/srv/b", in: bench)
        #expect(try store(of: bench).pathsOfKilledRun() == ["/srv/b".asPath])
        try store(of: bench).forgetKilledRun()
        #expect(try store(of: bench).pathsOfKilledRun().isEmpty)
        let run = try begin("/srv/c", in: bench)
        try store(of: bench).finish(
            Report(run: run, outcomes: [], inPlaceCount: 0), ledger: LedgerUpdate(), images: [], run: run)
        #expect(try store(of: bench).pathsOfKilledRun().isEmpty)
    }

    @Test(.enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
    func onlyWhatIsOurTemporaryGoes() throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        try bench.put("/srv/d/.lodestar-abc", Content("left"))
        try bench.put("/srv/d/.lodestarx", Content("mine"))
        try bench.put("/srv/d/b", Content("kept"))
        let host = try Linux(root: try #require(bench.root))
        host.removeRemains(beside: [try "/srv/d/a".asPath, try "/srv/none/a".asPath])
        #expect(try host.entries(of: "/srv/d".asPath)?.sorted() == [".lodestarx", "b"])
    }
}
