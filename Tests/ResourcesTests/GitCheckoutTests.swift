import Engine
import Foundation
import Model
import SimulatedHost
import State
import TestSupport
import Testing

/// Checkouts: declarations, commits that follow each other, edits, what others have there, a remote side that is silent.
@Suite struct GitCheckoutTests {
    private static let one = String(repeating: "1", count: 40), two = String(repeating: "2", count: 40)

    /// A host with nothing but two commits of one repository.
    private final class Repositories: ForwardingReader {
        let inner: any HostReading = EmptyHost()
        nonisolated(unsafe) var isSilent = false
        nonisolated(unsafe) var head = GitCheckoutTests.one
        nonisolated(unsafe) var treeCount = 0

        var isRunning: Bool { true }
        func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer {
            func file(_ name: String, _ text: String, _ mode: UInt16 = 0o644) -> TreeEntry {
                TreeEntry(AbsolutePath.root.appending(name), .file(.whole(Content(text))), Permissions(mode))
            }
            let folder = TreeEntry(AbsolutePath.root.appending("d"), .directory, Permissions(0o755))
            switch probe {
            case .gitRef where isSilent, .gitTree where isSilent: return .unknown("nobody answers")
            case .gitRef: return .texts([head])
            case .gitTree(let commit, _):
                treeCount += 1
                return commit.text == GitCheckoutTests.one
                    ? .entries([file("a", "1"), folder, file("d/b", "1", 0o755), file("gone", "1")])
                    : .entries([file("a", "2"), folder, file("d/b", "1"), file("new", "2")])
            default: return try inner.answer(to: probe)
            }
        }
    }

    private func bench() throws -> (bench: LawBench, repositories: Repositories) {
        let repositories = Repositories(), host = Simulation(over: repositories, today: 20_000)
        for path in ["/srv", "/var", "/var/lib"] {
            let creation = DirectoryCreation(try path.asPath, attributes: Attributes())
            for result in host.perform([.makeDirectory(creation)]) { _ = try result.get() }
        }
        let state = try StateDatabase.opened(at: NSTemporaryDirectory() + "law-\(UUID().uuidString).db")
        return (LawBench(host: host, store: state, root: nil), repositories)
    }

    private func manifest(_ rest: String) -> String {
        "git_checkout: {/srv/app: {url: \"https://git.example.org/app.git\", \(rest)}}"
    }

    private func apply(_ manifest: String, on bench: LawBench) throws -> Report {
        try bench.apply(try bench.plan(try LawBench.catalog(manifest)))
    }

    private func converge(_ manifest: String, on bench: LawBench) throws {
        let report = try apply(manifest, on: bench)
        #expect(!report.hasFailures, "\(report.outcomes.compactMap(\.reason?.text))")
        #expect(try !bench.plan(try LawBench.catalog(manifest)).hasChanges)
    }

    private func files(_ bench: LawBench, _ folder: String = "/srv/app") throws -> [String] {
        try (bench.host.entries(of: folder.asPath) ?? []).flatMap { name in
            let path = "\(folder)/\(name)", status = try bench.host.status(of: path.asPath)
            if status?.kind == .directory { return try files(bench, path) }
            let text = String(decoding: try bench.host.contents(of: path.asPath, limit: 99), as: UTF8.self)
            return ["\(path.dropFirst(9)) \(text)" + (status?.permissions.bits == 0o755 ? " x" : "")]
        }
    }

    private func put(_ text: String, at path: String, on bench: LawBench) throws {
        let write = FileWrite(try path.asPath, content: Content(text), replaced: .anything)
        for result in bench.host.perform([.writeFile(write)]) { _ = try result.get() }
    }

    @Test(arguments: [
        "/srv/app: {}", "/srv/app: {url: \"https://h/a\"}", "/srv/app: {commit: \(one)}",
        "/srv/app: {url: \"https://h/a\", commit: main}", "/srv/app: {url: \"https://h/a\", commit: 1111111}",
        "/srv/app: {url: \"https://h/a\", commit: \(one), ref: main}", "/srv/app: {url: \"https://h/a\", ref: \(one)}",
        "/srv/app: {url: \"https://h/a\", ref: \"-x\"}", "/srv/app: {url: \"https://h/a\", ref: \"a..b\"}",
        "/srv/app: {url: \"http://h/a\", ref: main}", "/srv/app: {url: \"ext::sh -c x\", ref: main}",
        "/srv/app: {url: \"--upload-pack=x\", ref: main}", "/srv/app: {url: \"https://a:b@h/a\", ref: main}",
        "/srv/app: {url: /srv/git/a, ref: main}", "/srv/app: {url: \"file:///srv/git/a\", ref: main}",
        "/srv/app: {url: /srv/git/a, ref: main, allow_file: false}",
        "/srv/app: {url: git/a, ref: main, allow_file: true}",
        "/srv/app: {url: /srv/app/a, ref: main, allow_file: true}",
        "/srv/app: {url: \"https://h/a\", ref: main, owner: \"a b\"}",
        "/srv/app: {url: \"https://h/a\", ref: main, replace: sometimes}",
        "/srv/app: {url: \"https://h/a\", ref: main, mode: \"0755\"}",
        "srv/app: {url: \"https://h/a\", ref: main}", "/srv/app/: {url: \"https://h/a\", ref: main}",
        "/srv/app: {url: \"https://h/a\", ref: main, depth: 1}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("git_checkout:\n  \(text)\n") }
    }

    @Test func commitsFollowEachOther() throws {
        let (bench, repositories) = try bench()
        try converge(manifest("commit: \(Self.one)"), on: bench)
        #expect(try files(bench) == ["a 1", "d/b 1 x", "gone 1"])
        try put("mine", at: "/srv/app/d/mine", on: bench)
        try converge(manifest("commit: \(Self.two)"), on: bench)
        #expect(try files(bench) == ["a 2", "d/b 1", "d/mine mine", "new 2"])
        // A branch that stands for what is in place is no difference, and one that moved is.
        let asked = repositories.treeCount
        repositories.head = Self.two
        #expect(try !bench.plan(try LawBench.catalog(manifest("ref: main"))).hasChanges)
        #expect(repositories.treeCount == asked)
        repositories.head = Self.one
        try converge(manifest("ref: main"), on: bench)
        #expect(try files(bench) == ["a 1", "d/b 1 x", "d/mine mine", "gone 1"])
        // What others made keeps the directory.
        try converge("git_checkout: {/srv/app: {state: absent}}", on: bench)
        #expect(try files(bench) == ["d/mine mine"])
    }

    @Test func anEditIsRefusedUnlessItMayBeTakenBack() throws {
        let (bench, _) = try bench()
        try converge(manifest("commit: \(Self.one)"), on: bench)
        for (path, text) in [("/srv/app/a", "x"), ("/srv/app/gone", "longer")] {
            try put(text, at: path, on: bench)
            for commit in [Self.one, Self.two] {
                let plan = try bench.plan(try LawBench.catalog(manifest("commit: \(commit)")))
                #expect(plan.count(.refuse) == 1, "\(path) \(commit)")
                #expect(plan.resources.first?.reason?.text.contains(path) == true)
            }
            let absent = try bench.plan(try LawBench.catalog("git_checkout: {/srv/app: {state: absent}}"))
            #expect(absent.count(.refuse) == 1)
            try converge(manifest("commit: \(Self.one), replace: true"), on: bench)
            #expect(try files(bench) == ["a 1", "d/b 1 x", "gone 1"])
        }
        // What is missing, or has another mode, comes back.
        for result in bench.host.perform([
            .remove(Removal(try "/srv/app/a".asPath, kind: .file)),
            .setAttributes(
                AttributeChange(
                    try "/srv/app/gone".asPath, kind: .file, attributes: Attributes(mode: FileMode(Permissions(0o600))))
            ),
        ]) { _ = try result.get() }
        try converge(manifest("commit: \(Self.one)"), on: bench)
        #expect(try files(bench) == ["a 1", "d/b 1 x", "gone 1"])
    }

    @Test func whatIsInTheWayIsRefused() throws {
        let (bench, _) = try bench()
        try converge(manifest("commit: \(Self.one)"), on: bench)
        try put("mine", at: "/srv/app/new", on: bench)
        let report = try apply(manifest("commit: \(Self.two)"), on: bench)
        #expect(report.hasFailures)
        #expect(try files(bench) == ["a 1", "d/b 1 x", "gone 1", "new mine"])
        try converge(manifest("commit: \(Self.two), replace: true"), on: bench)
        #expect(try files(bench) == ["a 2", "d/b 1", "new 2"])
    }

    /// A run that ended after any of its steps: the next one goes on, to either commit.
    @Test func aRunThatEndsHalfWayIsCompleted() throws {
        for goal in [Self.one, Self.two] {
            var count = 0, isThrough = false
            while !isThrough {
                let (bench, _) = try bench()
                try converge(manifest("commit: \(Self.one)"), on: bench)
                let plan = try bench.plan(try LawBench.catalog(manifest("commit: \(Self.two)")))
                let steps = plan.resources.first?.steps ?? []
                for step in steps.prefix(count) { for result in bench.host.perform([step]) { _ = try result.get() } }
                isThrough = count >= steps.count
                count += 1
                try converge(manifest("commit: \(goal)"), on: bench)
                let wanted = goal == Self.one ? ["a 1", "d/b 1 x", "gone 1"] : ["a 2", "d/b 1", "new 2"]
                #expect(try files(bench) == wanted, "after \(count - 1) steps")
            }
            #expect(count > 5)
        }
    }

    @Test func whatAnotherResourceDeclaresIsLeftToIt() throws {
        let (bench, _) = try bench()
        let text = manifest("commit: \(Self.one)") + "\nfile: {/srv/app/a: {content: ours}}"
        try converge(text, on: bench)
        #expect(try files(bench) == ["a ours", "d/b 1 x", "gone 1"])
    }

    @Test func aSilentRemoteSideIsUnknownInAPlanAndAFailureInAnApply() throws {
        let (bench, repositories) = try bench()
        repositories.isSilent = true
        for wanted in ["commit: \(Self.one)", "ref: main"] {
            let plan = try bench.plan(try LawBench.catalog(manifest(wanted)))
            #expect(plan.count(.unknown) == 1)
            let report = try bench.apply(plan)
            #expect(report.hasFailures && report.outcomes.first?.reason?.text.contains("nobody answers") == true)
            #expect(try bench.host.status(of: "/srv/app".asPath) == nil)
        }
        repositories.isSilent = false
        try converge(manifest("ref: main"), on: bench)
        repositories.isSilent = true
        // What is in place needs nobody; where a branch is now, nobody knows.
        #expect(try !bench.plan(try LawBench.catalog(manifest("commit: \(Self.one)"))).hasChanges)
        #expect(try bench.plan(try LawBench.catalog(manifest("ref: main"))).count(.unknown) == 1)
        // The record is enough to take it away.
        try converge("git_checkout: {/srv/app: {state: absent}}", on: bench)
        #expect(try bench.host.status(of: "/srv/app".asPath) == nil)
    }

    @Test func unDeclaredItGoesAndEditedItStays() throws {
        for isEdited in [false, true] {
            let (bench, repositories) = try bench()
            try converge(manifest("ref: main"), on: bench)
            if isEdited { try put("x", at: "/srv/app/a", on: bench) }
            repositories.isSilent = true
            #expect(try !apply("file: {/srv/other: {content: x}}", on: bench).hasFailures)
            #expect(try files(bench) == (isEdited ? ["a x", "d/b 1 x", "gone 1"] : []))
            #expect(try (bench.host.status(of: "/srv/app".asPath) != nil) == isEdited)
        }
    }
}
