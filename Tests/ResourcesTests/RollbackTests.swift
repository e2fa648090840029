import Engine
import Model
import Resources
import SimulatedHost
import State
import TestSupport
import Testing

/// A trial that fails brings back what was there, once, and holds what was declared.
@Suite final class RollbackTests {
    /// Whether what is brought back is interrupted at once.
    private var isInterrupted = false

    static func manifest(_ text: String, expect: String = "ok", more: String = "") -> String {
        """
        file:
          /etc/web.conf: {content: "\(text)\\n", notify: ["service:web"]}
          /etc/other.conf: {content: "\(text)\\n"}
        \(more)
        service:
          web:
            unit: "[Service]\\nExecStart=/bin/web\\n[Install]\\nWantedBy=multi-user.target\\n"
            running: true
            notify: ["health:web"]
        health:
          web: {tcp: "127.0.0.1:1", expect: \(expect)}
        """ + "\n"
    }

    /// A host on which every trial ends as it is told, and remembers what was done to services.
    final class Host: Model.Host, ForwardingReader {
        let host: any Model.Host
        var inner: any HostReading { host }
        nonisolated(unsafe) var answer: HostFault?
        nonisolated(unsafe) var operations: [String] = []
        nonisolated(unsafe) var trialCount = 0
        /// The word of a unit whose program ends as soon as it is started, which systemctl says.
        nonisolated(unsafe) var crash: String?

        init(_ host: any Model.Host) { self.host = host }

        func perform(_ batch: StepBatch) -> [StepResult] {
            if case .services(let list) = batch {
                operations += list.map { "\($0.action) \($0.unit)" }
                if let crash, list.contains(where: { $0.action == .start || $0.action == .restart }) {
                    let unit = try? inner.contents(of: "/etc/systemd/system/web.service".asPath, limit: 1 << 20)
                    if let unit, String(decoding: unit, as: UTF8.self).contains(crash) {
                        _ = host.perform(.services([ServiceOperation(.stop, "web.service")]))
                        return [.failure(HostFault("start", "web.service", "status 1", kind: .disproof))]
                    }
                }
            }
            guard case .trials(let trials) = batch else { return host.perform(batch) }
            trialCount += trials.count
            return trials.map { _ in answer.map { .failure($0) } ?? .success(StepOutput()) }
        }

        var isRunning: Bool { true }
        func makeDurable() throws(HostFault) { try host.makeDurable() }
    }

    /// A state whose runs end without an end, as those do that are killed.
    final class DyingStore: StateStore {
        struct Death: Error {}
        let store: any StateStore
        init(_ store: any StateStore) { self.store = store }
        func ledger() throws -> [LedgerEntry] { try store.ledger() }
        func ledgerDigest() throws -> Digest? { try store.ledgerDigest() }
        func pendingRefreshes() throws -> [Address: String] { try store.pendingRefreshes() }
        func holds() throws -> [Hold] { try store.holds() }
        func begin(_ run: RunStart) throws -> Int { try store.begin(run) }
        func prepare(_ preparation: Preparation, run: Int) throws { try store.prepare(preparation, run: run) }
        func finish(_ report: Report, ledger: LedgerUpdate, images: [Image], run: Int) throws { throw Death() }
    }

    let bench: LawBench
    let host: Host
    let state: StateDatabase
    static let fault = HostFault("prove", "a connection", "expected an open port, found ECONNREFUSED", kind: .disproof)

    init() throws {
        var bench = try LawBench.simulated()
        host = Host(bench.host)
        bench.host = host
        self.bench = bench
        state = try #require(bench.store as? StateDatabase)
    }

    /// Applies, and brings back what was there where a trial fails, as `lodestar apply` does.
    private func apply(_ manifest: String) throws -> Report { try apply(try LawBench.catalog(manifest)) }

    private func apply(_ catalog: Catalog) throws -> Report {
        var report = try bench.apply(try bench.plan(catalog))
        for outcome in report.outcomes {
            guard let past = try state.pastRuns(owing: outcome.address, through: report.run),
                let rollback = Rollback(
                    outcome, in: catalog, of: past, on: host, types: Registry.all, ledger: try state.ledger())
            else { continue }
            let store = rollback.store(over: state)
            let plan = try Planner(
                rollback.outline.catalog, on: Simulation(over: host, today: 20_000), state: store, types: Registry.all,
                selection: Selection(only: rollback.outline.catalog.declarations.map(\.address.description))
            ).plan()
            let run = try store.begin(RunStart(site: "law", revision: "", catalogDigest: catalog.digest, time: 0))
            let converger = try Converger(plan, on: host, store: store, run: run)
            let isInterrupted = self.isInterrupted
            converger.isInterrupted = { isInterrupted }
            report.rollbacks.append(try converger.converge())
        }
        return report
    }

    private func failing(_ manifest: String) throws -> Report {
        host.answer = Self.fault
        defer { host.answer = nil }
        return try apply(manifest)
    }

    @Test func whatNotifiedItComesBackAndNothingElse() throws {
        #expect(try !apply(Self.manifest("one")).hasFailures)
        #expect(host.trialCount == 1)
        host.operations = []
        let report = try failing(Self.manifest("two"))
        #expect(report.outcomes.filter(\.hasFailed).map(\.address.description) == ["health:web"])
        #expect(report.outcomes.last?.reason?.disproof == Self.fault.reason)
        #expect(report.rollbacks.map(\.hasFailures) == [false])
        #expect(try bench.text("/etc/web.conf") == "one\n")
        #expect(try bench.text("/etc/other.conf") == "two\n", "it does not notify the trial")
        #expect(host.operations == ["restart web.service", "restart web.service"])
        #expect(try state.pendingRefreshes().isEmpty)
    }

    @Test func itStaysBackUntilSomethingOfItChanges() throws {
        _ = try apply(Self.manifest("one"))
        _ = try failing(Self.manifest("two"))
        let bad = try LawBench.catalog(Self.manifest("two"))
        let held = try bench.plan(bad)
        #expect(held.isIdle && held.count(.hold) == 1)
        #expect(held.detailedExitCode == 4)
        #expect(held.disproofs.map(\.reason.text) == ["health:web failed in run 2: \(Self.fault.reason)"])
        // Another commit of the site is no other declaration.
        try state.keepHolds(for: "another")
        #expect(try bench.plan(bad).isIdle)
        let other = try bench.plan(try LawBench.catalog(Self.manifest("three")))
        #expect(other.count(.hold) == 0 && other.count(.change) == 2)
        // Another trial of the same is a change too.
        let trial = try bench.plan(try LawBench.catalog(Self.manifest("two", expect: "fine")))
        #expect(trial.count(.hold) == 0 && trial.count(.change) == 1)
        try state.forgetDisproofs()
        #expect(try bench.plan(bad).count(.change) == 1)
        #expect(try !apply(Self.manifest("two")).hasFailures)
        #expect(try bench.text("/etc/web.conf") == "two\n")
    }

    @Test func aTrialThatHoldsForgetsAnEarlierFailure() throws {
        _ = try apply(Self.manifest("one"))
        _ = try failing(Self.manifest("two"))
        #expect(try state.holds().count == 1)
        _ = try apply(Self.manifest("three"))
        #expect(try state.holds().isEmpty)
    }

    @Test func aKilledRunIsTriedAndBroughtBackByTheNext() throws {
        _ = try apply(Self.manifest("one"))
        let catalog = try LawBench.catalog(Self.manifest("two"))
        let run = try state.begin(RunStart(site: "law", revision: "", catalogDigest: catalog.digest, time: 0))
        host.answer = HostFault("try", "it", "killed")
        #expect(throws: DyingStore.Death.self) {
            try Converger(try bench.plan(catalog), on: host, store: DyingStore(state), run: run).converge()
        }
        #expect(try bench.text("/etc/web.conf") == "two\n")
        #expect(try state.pendingRefreshes().keys.map(\.description).sorted() == ["health:web", "service:web"])
        let report = try failing(Self.manifest("two"))
        #expect(report.rollbacks.map(\.hasFailures) == [false])
        #expect(try bench.text("/etc/web.conf") == "one\n")
        #expect(try bench.plan(catalog).isIdle)
    }

    @Test func anInterruptIsNoFailure() throws {
        _ = try apply(Self.manifest("one"))
        host.answer = HostFault("try", "it", "the run was interrupted")
        let report = try apply(Self.manifest("two"))
        #expect(report.hasFailures && report.rollbacks.isEmpty)
        #expect(try bench.text("/etc/web.conf") == "two\n")
        host.answer = nil
        host.trialCount = 0
        #expect(try !apply(Self.manifest("two")).hasFailures)
        #expect(host.trialCount == 1, "it is still owed")
    }

    /// A secret is never kept: its file stays, and everything else comes back all the same.
    @Test func aSecretStaysAndHoldsNothingUp() throws {
        func catalog(_ text: String) throws -> Catalog {
            var catalog = try LawBench.catalog(
                Self.manifest(text, more: "  /etc/key: {content: x, notify: [\"service:web\"]}"))
            for position in catalog.declarations.indices {
                guard var file = catalog.declarations[position].resource as? File, file.path.text == "/etc/key" else {
                    continue
                }
                file.content = .whole(Content(text, isSecret: true))
                catalog.declarations[position].resource = file
            }
            return catalog
        }
        _ = try apply(try catalog("one"))
        host.operations = []
        host.answer = Self.fault
        let report = try apply(try catalog("two"))
        #expect(report.rollbacks.map(\.hasFailures) == [false])
        #expect(try bench.text("/etc/web.conf") == "one\n" && bench.text("/etc/key") == "two")
        #expect(host.operations == ["restart web.service", "restart web.service"])
        #expect(try bench.plan(try catalog("two")).isIdle)
    }

    @Test func aRollbackThatIsInterruptedIsDoneByTheNext() throws {
        _ = try apply(Self.manifest("one"))
        isInterrupted = true
        _ = try failing(Self.manifest("two"))
        isInterrupted = false
        #expect(try state.holds().isEmpty && state.pendingRefreshes().count == 1)
        _ = try failing(Self.manifest("two"))
        #expect(try bench.text("/etc/web.conf") == "one\n")
        #expect(try bench.plan(try LawBench.catalog(Self.manifest("two"))).isIdle)
    }

    /// A service that cannot start is started with what comes back, and not before.
    @Test func whatCrashedStartsWithItsFormerUnit() throws {
        func manifest(_ word: String) -> String {
            Self.manifest(word).replacing("/bin/web", with: "/bin/web-\(word)")
        }
        _ = try apply(manifest("one"))
        host.crash = "/bin/web-two"
        let report = try apply(manifest("two"))
        #expect(report.outcomes.filter(\.hasFailed).map(\.address.description) == ["service:web", "health:web"])
        #expect(report.rollbacks.map(\.hasFailures) == [false])
        #expect(host.trialCount == 1, "nobody is asked who did not start")
        #expect(try bench.text("/etc/systemd/system/web.service")?.contains("/bin/web-one") == true)
        #expect(try bench.text("/etc/web.conf") == "one\n")
        #expect(try host.answer(to: .serviceIsRunning("web.service")) == .isRunning(true))
    }

    /// What fell over by itself is started again in each run: there is nothing to go back to.
    @Test func aMereStartIsNotTakenBack() throws {
        _ = try apply(Self.manifest("one"))
        _ = host.host.perform(.services([ServiceOperation(.stop, "web.service")]))
        let report = try failing(Self.manifest("one"))
        #expect(report.hasFailures && report.rollbacks.isEmpty)
        #expect(try state.holds().isEmpty && state.pendingRefreshes().count == 1)
        #expect(try !apply(Self.manifest("one")).hasFailures)
    }

    @Test func whatWasNotThereGoes() throws {
        let report = try failing(Self.manifest("one"))
        #expect(report.rollbacks.map(\.hasFailures) == [false])
        for path in ["/etc/web.conf", "/etc/systemd/system/web.service"] { #expect(try !bench.has(path), "\(path)") }
        #expect(host.operations.contains("stop web.service"))
        let again = try bench.plan(try LawBench.catalog(Self.manifest("one")))
        #expect(again.isIdle && !again.disproofs.isEmpty)
    }

    /// The former version of a composite goes when the new one is proved, and not before.
    @Test func theFormerVersionStaysUntilTheTrialHolds() throws {
        func agent(_ version: String) -> String {
            """
            monitor:
              agent:
                archive: {source: tools.tar, strip: 1}
                version: "\(version)"
                user: root
                command: [bin/agent]
                health: {tcp: "127.0.0.1:1"}
            """ + "\n"
        }
        func trees() throws -> [String] {
            try bench.host.entries(of: try "/opt/agent".asPath)?.filter { $0 != "current" }.map { String($0.prefix(2)) }
                ?? []
        }
        _ = try apply(agent("1"))
        #expect(try trees() == ["1-"])
        let report = try failing(agent("2"))
        #expect(report.rollbacks.map(\.hasFailures) == [false])
        #expect(try trees() == ["1-"])
        #expect(try bench.host.linkTarget(of: try "/opt/agent/current".asPath).hasPrefix("1-"))
        let held = try bench.plan(try LawBench.catalog(agent("2")))
        #expect(held.isIdle && held.removalCount == 0, "\(PlanText(held, isColored: false).text(.full))")
        // Another one that fails is what stays back, whatever went back before it.
        #expect(try failing(agent("2b")).rollbacks.map(\.hasFailures) == [false])
        #expect(try bench.plan(try LawBench.catalog(agent("2b"))).isIdle)
        host.operations = []
        #expect(try !apply(agent("3")).hasFailures)
        #expect(try trees() == ["3-"])
        #expect(host.operations == ["restart agent.service"], "the version before goes without a second restart")
    }
}
