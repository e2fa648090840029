import Engine
import Foundation
import Model
import Resources
import SimulatedHost
import TestSupport
import Testing

/// Fail the Nth step for each N: nothing is left that a fresh apply does not repair, and no refresh is lost.
@Suite(.serialized) struct FaultLawTests {
    @Test(arguments: LawTests.examples) func aFreshApplyRepairsWhatAFaultLeft(_ example: LawTests.Example) throws {
        try Self.checkFaults(example.manifest) { try LawBench.simulated() }
    }

    static let whole = """
        group:
          web: {gid: 3600}
        user:
          ana: {uid: 3601, group: web}
        directory:
          /srv/www: {owner: ana, group: web}
        file:
          /srv/www/index.html: {content: "hello\\n", owner: ana, notify: ["command:reload"]}
        crontab_entry:
          anas: {user: ana, minute: 5, command: /bin/true}
        authorized_key:
          ana@bastion: {user: ana, key: "ssh-ed25519 \(JudgeTests.key) ana@bastion"}
        command:
          reload: {run: "true", refresh_only: true}
        """

    @Test func everyFaultOfAWholeSiteIsRepaired() throws {
        try Self.checkFaults(Self.whole) { try LawBench.simulated() }
    }

    @Test(.enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
    func everyFaultOfAWholeSiteIsRepairedOnARealRoot() throws {
        var benches: [LawBench] = []
        defer { benches.forEach { $0.remove() } }
        try Self.checkFaults(Self.whole) {
            benches.popLast()?.remove()
            benches.append(try LawBench.real())
            return benches[0]
        }
    }

    /// Plans and applies on a host whose Nth step fails, then on the same host without faults.
    static func checkFaults(_ manifest: String, on fresh: () throws -> LawBench) throws {
        let catalog = try LawBench.catalog(manifest)
        var wasReached = true, number = 0
        while wasReached, number < 60 {
            number += 1
            var bench = try fresh()
            let host = bench.host
            let faulty = FaultyHost(host, failing: number)
            bench.host = faulty
            let plan = try bench.plan(catalog)
            let broken = try bench.apply(plan)
            wasReached = faulty.hasFailed
            if wasReached { #expect(broken.count(.failed) > 0, "fault \(number) went unnoticed") }
            bench.host = host
            let repair = try bench.plan(catalog)
            let owed = plan.resources.contains { $0.refreshCause != nil }
            let report = try bench.apply(repair)
            #expect(report.count(.failed, .skipped) == 0, "fault \(number): \(report.outcomes.compactMap(\.reason))")
            if owed {
                let refreshed = (broken.outcomes + report.outcomes).contains {
                    $0.address.type == "command" && [.refreshed, .changed].contains($0.result)
                }
                #expect(refreshed, "fault \(number) lost a refresh")
            }
            let last = try bench.plan(catalog)
            #expect(last.count(.create, .change, .replace, .remove, .refresh, .refuse) == 0, "fault \(number)")
        }
        #expect(try number > 1 || !fresh().plan(catalog).hasChanges, "no step was ever reached")
    }
}

/// A host of which one step fails.
final class FaultyHost: Model.Host, ForwardingReader {
    private let host: any Model.Host
    var inner: any HostReading { host }
    nonisolated(unsafe) private var remaining: Int
    nonisolated(unsafe) private(set) var hasFailed = false

    /// - Parameter number: which step fails, from 1.
    init(_ host: any Model.Host, failing number: Int) {
        self.host = host
        remaining = number
    }

    func makeDurable() throws(HostFault) { try host.makeDurable() }

    func perform(_ batch: StepBatch) -> [StepResult] {
        let steps = batch.steps
        if remaining > steps.count || hasFailed {
            remaining -= steps.count
            return host.perform(batch)
        }
        hasFailed = true
        let position = remaining - 1, fault = HostFault("perform", "a step", "EIO (injected)")
        switch batch {
        // One transaction each.
        case .accounts, .groupRemovals, .packages: return steps.map { _ in .failure(fault) }
        case .files, .accountFiles, .services, .commands, .trials, .storage: break
        }
        let before = host.perform(Array(steps[..<position]))
        let after = host.perform(Array(steps[(position + 1)...]))
        return before + [.failure(fault)] + after
    }
}

extension StepBatch {
    fileprivate var steps: [Step] {
        switch self {
        case .files(let steps): steps.map { .file($0) }
        case .accounts(let edits): edits.map { .accounts($0) }
        case .groupRemovals(let names): names.map { .groupRemoval($0) }
        case .accountFiles(let steps): steps.map { .accountFiles($0) }
        case .packages(let changes): changes.map { .package($0) }
        case .services(let operations): operations.map { .service($0) }
        case .commands(let runs): runs.map { .command($0) }
        case .trials(let trials): trials.map { .trial($0) }
        case .storage(let steps): steps.map { .storage($0) }
        }
    }
}
