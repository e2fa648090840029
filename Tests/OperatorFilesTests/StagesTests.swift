import Compiler
import Model
import Testing

@testable import OperatorFiles

/// Stages over a simulated fleet with a clock of its own.
@Suite struct StagesTests {
    private static let hosts = (0..<1000).map { "host-\($0)" }
    private static let stages = """
        site: fleet
        stages:
          - {hosts: labels.canary == true, soak: 30m}
          - {share: 10%, soak: 2h}
          - {share: 50%, soak: 1h}
          - {share: 100%}
        """
    private static let minute: Int64 = 60

    private func site(_ text: String = stages, canaries: Int = 5) -> Site {
        let inventory = Self.hosts.prefix(canaries).map { "  \($0): {labels: {canary: true}}\n" }.joined()
        let files = ["site.yaml": text, "inventory/hosts.yaml": "hosts:\n\(inventory)"]
        return Site(
            MapSite(files), types: [], engine: EngineVersion("0.1.0"))
    }

    private func soaks(_ site: Site, _ hosts: [String] = hosts) -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: hosts.map {
                let target = CompilationTarget(identity: HostIdentity(id: $0, name: $0), facts: nil)
                return ($0, site.soak(for: target)?.components.seconds ?? -1)
            })
    }

    private func commit(
        _ digit: Character, made: Int64, seen: Int64? = nil, _ change: (inout StagedCommit) -> Void = { _ in }
    ) -> StagedCommit {
        var commit = StagedCommit(commit: String(repeating: digit, count: 40), made: made, seen: seen ?? made)
        change(&commit)
        return commit
    }

    /// How many hosts have taken the newest commit of a chain at each minute.
    private func taken(_ chain: [StagedCommit], _ soaks: [String: Int64], at minute: Int64) -> Int {
        soaks.values.count { StagedCommit.choice(of: chain, after: $0, at: minute * Self.minute) == 0 }
    }

    /// A share is a digest's: of 1,000 hosts 10 % are 100, give or take three times 9.5; of 10,000 hosts it is right to 1 %.
    @Test func sharesAreRight() {
        let soaks = soaks(site()), chain = [commit("a", made: 0)]
        let steps: [(Int64, Double)] = [
            (0, 0.005), (29, 0.005), (30, 0.1045), (149, 0.1045), (150, 0.5025), (209, 0.5025), (210, 1),
        ]
        for (minute, wanted) in steps {
            let share = Double(taken(chain, soaks, at: minute)) / 1000
            #expect(abs(share - wanted) <= 3 * (wanted * (1 - wanted) / 1000).squareRoot(), "\(minute): \(share)")
        }
        let many = self.soaks(site(canaries: 0), (0..<10_000).map { "other-\($0)" })
        for (soak, wanted) in [(30 * 60, 0.1), (150 * 60, 0.5)] as [(Int64, Double)] {
            let share = Double(many.values.count { $0 <= soak }) / 10_000
            #expect(abs(share - wanted) < 0.01, "\(soak): \(share)")
        }
    }

    @Test func whoIsEarlyIsEarlyAlways() {
        let small = soaks(site("site: s\nstages: [{share: 10%, soak: 1h}, {share: 100%}]")),
            large = soaks(site("site: s\nstages: [{share: 20%, soak: 1h}, {share: 100%}]"))
        #expect(small.allSatisfy { $0.value != 0 || large[$0.key] == 0 })
    }

    @Test func frequentCommitsStarveNobody() {
        // One each 10 minutes: the last stage takes the one of 210 minutes ago, each time.
        let soaks = soaks(site())
        let chain = (0...60).reversed().map { commit("a", made: Int64($0) * 10 * Self.minute) }
        let slowest = soaks.values.max() ?? 0
        #expect(slowest == 210 * 60)
        #expect(StagedCommit.choice(of: chain, after: slowest, at: 600 * Self.minute) == 21)
        #expect(StagedCommit.choice(of: chain, after: 0, at: 600 * Self.minute) == 0)
    }

    @Test func aBadCommitStopsAtTheCanary() {
        let soaks = soaks(site())
        let good = commit("1", made: 0), bad = commit("2", made: 300 * 60)
        // Ten minutes later it is taken back, for all at once.
        let back = commit("3", made: 310 * 60) { ($0.voided, $0.isForAll) = (["2222222"], true) }
        var victims: Set<String> = []
        for minute in Int64(300)...900 {
            let chain = minute < 310 ? [bad, good] : [back, bad, good]
            for (host, soak) in soaks {
                guard let place = StagedCommit.choice(of: chain, after: soak, at: minute * 60) else { continue }
                if chain[place].commit == bad.commit { victims.insert(host) }
            }
        }
        #expect(victims.count == 5, "\(victims.count)")
        #expect(taken([back, bad, good], soaks, at: 310) == 1000)
    }

    @Test func whatIsVoidedIsTakenByNobodyNorWhatLiesBetween() {
        let chain = [
            commit("4", made: 1000), commit("3", made: 10) { $0.voided = ["1111111111"] }, commit("2", made: 10),
            commit("1", made: 10),
            commit("0", made: 10),
        ]
        #expect(StagedCommit.choice(of: chain, after: 500, at: 600) == 1)
        var late = chain
        late[1].made = 1000
        #expect(StagedCommit.choice(of: late, after: 500, at: 600) == 4)
        // Nobody who does not count takes anything back or is taken, and six digits name nothing.
        late[1].isTrusted = false
        #expect(StagedCommit.choice(of: late, after: 500, at: 600) == 2)
        late[1].isTrusted = true
        late[1].voided = ["111111"]
        #expect(StagedCommit.choice(of: late, after: 500, at: 600) == 2)
    }

    @Test func anUrgentOneIsEverywhereAtOnce() {
        let chain = [commit("2", made: 100) { $0.isForAll = true }, commit("1", made: 100)]
        #expect(taken(chain, soaks(site()), at: 2) == 1000)
    }

    @Test func aDateOfTheCommitterBuysNoTime() {
        #expect(StagedCommit.choice(of: [commit("1", made: 0, seen: 5000)], after: 60, at: 5030) == nil)
        #expect(StagedCommit.choice(of: [commit("1", made: 0, seen: 5000)], after: 60, at: 5060) == 0)
    }

    @Test(arguments: [
        ("stages: []", "`stages`: expected a list of stages"),
        ("stages: [{share: 10%, soak: 1h}]", "expected no `soak` in the last stage"),
        ("stages: [{share: 10%}]", "expected `share: 100%` in the last stage"),
        ("stages: [{share: 10%}, {share: 100%}]", "expected `soak` in a stage that others follow"),
        (
            "stages: [{share: 50%, soak: 1h}, {share: 50%, soak: 1h}, {share: 100%}]",
            "expected more than the stage before it has"
        ),
        ("stages: [{share: 10%, hosts: \"true\", soak: 1h}, {share: 100%}]", "expected one of `hosts` and `share`"),
        ("stages: [{soak: 1h}, {share: 100%}]", "expected one of `hosts` and `share`"),
        ("stages: [{share: 0%, soak: 1h}, {share: 100%}]", "`share`: expected a part of all hosts"),
        ("stages: [{share: 101%}]", "`share`: expected a part of all hosts"),
        ("stages: [{share: 100}]", "`share`: expected a part of all hosts"),
        ("stages: [{share: -5%, soak: 1h}, {share: 100%}]", "`share`: expected a part of all hosts"),
        ("stages: [{hosts: nobody.there, soak: 1h}, {share: 100%}]", "expected a name in scope, found `nobody`"),
        ("stages: [{hosts: \"true\", soak: soon}, {share: 100%}]", "soak"),
        ("stages: {share: 100%}", "`stages`: expected a list of stages"),
        ("stages: [{shares: 100%}]", "expected a key of a stage, found `shares`"),
    ])
    func mistakesAreTold(text: String, message: String) {
        let site = site("site: s\n\(text)")
        #expect(site.soak(for: CompilationTarget(identity: HostIdentity(id: "a", name: "a"), facts: nil)) == nil)
        let told = site.remainingDiagnostics().list.map(\.message)
        #expect(told.contains { $0.contains(message) }, "\(told)")
    }
}
