import Compiler
import Engine
import Foundation
import LinuxHost
import Model
import Resources
import Testing

/// The laws that hold for every registered type, over its examples, in memory and on a real root.
@Suite(.serialized) struct LawTests {
    struct Example: CustomTestStringConvertible, Sendable {
        var type: String
        var text: String
        var testDescription: String { "\(type): \(text.prefix(40))" }
        var manifest: String { "\(type):\n  \(text)\n" }
    }

    /// Those of hosts: what an installation makes has laws of its own (`StorageTests`).
    static let examples = Registry.all.filter { !$0.isProvisioning }.flatMap { type in
        type.examples.map { Example(type: type.name, text: $0) }
    }

    @Test(arguments: Registry.all.map(\.name)) func everyFieldIsDocumentedWithAnExample(_ name: String) throws {
        let type = try #require(Registry.all.first { $0.name == name })
        #expect(!type.doc.isEmpty && type.doc.hasSuffix("."))
        #expect(!type.examples.isEmpty)
        for field in type.fields {
            #expect(!field.doc.isEmpty && field.doc.hasSuffix("."), "\(name).\(field.name)")
            #expect(!field.examples.isEmpty, "\(name).\(field.name) has no example")
        }
    }

    @Test(arguments: examples) func whatIsRenderedDecodesToTheSame(_ example: Example) throws {
        let compilation = LawBench.compilation(example.manifest)
        let declared = try #require(compilation.catalog).declarations + compilation.composites
        for declaration in declared {
            let holds = Self.decodedAgain(declaration.resource)
            #expect(holds, "\(declaration.address)")
        }
    }

    private static func decodedAgain<Kind: Resource>(_ resource: Kind) -> Bool {
        let place = Place(file: SourceFile("law"), line: 1, column: 1)
        let entries = resource.renderedFields.map {
            Node.Entry(key: $0.name, keyPlace: place, value: Node($0.value, at: place))
        }
        var faults = Diagnostics()
        let again = Kind.decoded(key: Node(.string(resource.key), at: place), fields: entries, into: &faults)
        // The ledger holds no bodies, but what finds the object again.
        let recorded = Kind.decoded(
            key: Node(.string(resource.key), at: place), fields: RecordedFields(of: resource).entries, into: &faults)
        return again == resource && recorded.objects.first == resource.objects.first && faults.list.isEmpty
    }

    @Test(arguments: examples) func lawsHoldInMemory(_ example: Example) throws {
        try Self.checkLaws(example, on: try LawBench.simulated())
    }

    @Test(.enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
    func lawsHoldOnARealRoot() throws {
        let bench = try LawBench.real()
        defer { bench.remove() }
        // A minimal root has no sudo: this visudo accepts everything. The type's judge has the real one.
        let visudo = FileWrite(
            try "/usr/sbin/visudo".asPath, content: .whole(Content("#!/bin/sh\nexit 0\n")),
            attributes: Attributes(mode: FileMode(Permissions(0o755))), replaced: .anything)
        try bench.perform([
            .makeDirectory(DirectoryCreation(try "/etc/sudoers.d".asPath, attributes: Attributes())),
            .writeFile(visudo),
        ])
        for example in Self.examples { try Self.checkLaws(example, on: bench) }
    }

    /// Plan performs nothing; what it predicts is what apply does; apply, then plan is empty; un-declared, it is gone.
    static func checkLaws(_ example: Example, on bench: LawBench) throws {
        let catalog = try LawBench.catalog(example.manifest)
        let before = bench.root.map { tree($0) }
        let plan = try bench.plan(catalog)
        #expect(bench.root.map { tree($0) } == before, "\(example): plan wrote")
        #expect(plan.count(.refuse, .skip) == 0, "\(example): \(PlanText(plan, isColored: false).text(.full))")
        if let path = pathOfExample(catalog), try bench.host.status(of: path) == nil {
            #expect(
                plan.count(.create) == catalog.declarations.count,
                "\(example): nothing is there and nothing is planned")
        }
        let report = try bench.apply(plan)
        let failures = report.outcomes.filter { $0.result == .failed }.map { "\($0.address): \($0.reason?.text ?? "")" }
        #expect(failures.isEmpty, "\(example): \(failures)")
        for resource in plan.resources where resource.action != .unknown {
            let outcome = report.outcomes.first { $0.address == resource.address }
            #expect(outcome?.changes == resource.changes, "\(example): apply did something else than plan said")
        }
        // A host in memory runs no guards: what it cannot tell stays unknown.
        if bench.root == nil, plan.count(.unknown) > 0 { return }
        let second = try bench.plan(catalog)
        #expect(!second.hasChanges, "\(example): \(PlanText(second, isColored: false).text(.full))")
        #expect(try bench.apply(second).count(.changed, .refreshed, .failed) == 0, "\(example)")
        guard let type = Registry.all.first(where: { $0.name == example.type }), type.isRemovable, !type.bearsData,
            plan.count(.create) > 0
        else { return }
        let marker = "file:\n  /etc/lodestar-marker: {content: x}\n"
        let removal = try bench.plan(try LawBench.catalog(marker))
        #expect(
            removal.removalCount == plan.count(.create),
            "\(example): \(PlanText(removal, isColored: false).text(.full))")
        #expect(try bench.apply(removal).count(.failed) == 0, "\(example)")
        let third = try bench.plan(catalog)
        #expect(third.count(.create) == plan.count(.create), "\(example): it is not gone")
        _ = try bench.apply(try bench.plan(try LawBench.catalog(marker)))
    }

    /// Where the one resource of a catalog is, if it is a file of some kind.
    static func pathOfExample(_ catalog: Catalog) -> AbsolutePath? {
        guard case .path(let path)? = catalog.declarations.first?.resource.objects.first else { return nil }
        return path
    }

    /// Every path below a root with its inode, mode, owner, size and times of change.
    static func tree(_ root: String) -> String {
        LawBench.run(["find", root, "-xdev", "-not", "-name", "state.db*", "-printf", "%p %i %m %U %G %s %C@ %l\\n"])
            .output
    }
}
