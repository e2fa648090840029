import Engine
import Model
import Resources
import SimulatedHost
import State
import Testing

/// What holds for every type: undoing a run brings back what was there, and the same declaration then differs as it did.
@Suite(.serialized) struct UndoLawTests {
    @Test(arguments: LawTests.examples) func undoHoldsInMemory(_ example: LawTests.Example) throws {
        try Self.checkUndo(example, on: try LawBench.simulated())
    }

    @Test(.enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
    func undoHoldsOnARealRoot() throws {
        for example in LawTests.examples {
            let bench = try LawBench.real()
            defer { bench.remove() }
            try Self.checkUndo(example, on: bench)
        }
    }

    /// Takes back the creation, and then the removal.
    private static func checkUndo(_ example: LawTests.Example, on bench: LawBench) throws {
        let catalog = try LawBench.catalog(example.manifest)
        let first = try bench.plan(catalog)
        // A command is named instead; the packages of the examples are there already.
        guard first.count(.create, .change) == catalog.declarations.count,
            !(catalog.declarations.first?.resource is any Opaque)
        else { return }
        let made = try bench.apply(first)
        #expect(made.count(.changed) == catalog.declarations.count, "\(example)")
        try undo(made.run, example, on: bench)
        let again = try bench.plan(catalog)
        // A home stays.
        func changes(_ plan: Plan) -> [[Change]] {
            plan.resources.map { $0.changes.filter { example.type != "user" || $0.property != "home" } }
        }
        #expect(changes(again) == changes(first), "\(example): it is not as it was")
        // Of a private key nothing is kept, and nothing brings it back.
        guard first.count(.create) == catalog.declarations.count,
            catalog.declarations.first?.resource is any Removable,
            !catalog.declarations.contains(where: { $0.resource is SSHKey })
        else { return }
        _ = try bench.apply(try bench.plan(catalog))
        var absent = catalog
        for position in absent.declarations.indices { absent.declarations[position].state = .absent }
        let removed = try bench.apply(try bench.plan(absent))
        guard removed.count(.changed) == catalog.declarations.count else { return }
        try undo(removed.run, example, on: bench)
        let third = try bench.plan(catalog)
        #expect(!third.hasChanges, "\(example): \(PlanText(third, isColored: false).text(.full))")
    }

    private static func undo(_ run: Int, _ example: LawTests.Example, on bench: LawBench) throws {
        let state = try #require(bench.store as? StateDatabase), past = try #require(try state.pastRun(run))
        let outline = Undo(past, on: bench.host, types: Registry.all, ledger: try state.ledger()).outline(
            for: HostIdentity(id: "law", name: "law"))
        #expect(outline.lost.isEmpty, "\(example): \(outline.lost.map(\.reason.text))")
        let store = UndoStore(over: state, of: past, outline)
        let selection = Selection(only: outline.catalog.declarations.map(\.address.description))
        let plan = try Planner(
            outline.catalog, on: Simulation(over: bench.host, today: 20_000), state: store, types: Registry.all,
            selection: selection
        ).plan()
        #expect(plan.count(.refuse, .skip) == 0, "\(example): \(PlanText(plan, isColored: false).text(.full))")
        let number = try store.begin(
            RunStart(site: "undo", revision: "", catalogDigest: outline.catalog.digest, time: 0))
        let report = try Converger(plan, on: bench.host, store: store, run: number).converge()
        #expect(
            !report.hasFailures,
            "\(example): \(report.outcomes.filter(\.hasFailed).map { "\($0.address) \($0.reason?.text ?? "")" })")
        // A hold would keep the next plan of this test from saying anything.
        let held = try state.holds()
        #expect(!held.isEmpty, "\(example): nothing is held")
        try state.keepHolds(for: "feedfacecafe")
        try state.keepHolds(for: "c0ffeec0ffee")
        #expect(try state.holds().isEmpty)
    }
}
