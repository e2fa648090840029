import Engine
import Foundation
import Model
import Testing

/// The name of the host: names, comments of its file, the kernel's name, links.
@Suite struct HostnameTests {
    private static let live = "/proc/sys/kernel/hostname", file = "/etc/hostname"

    @Test(arguments: [
        "this: {}", "other: {name: a}", "this: {name: \"\"}", "this: {name: a_b}", "this: {name: -a}",
        "this: {name: a-}",
        "this: {name: a..b}", "this: {name: .a}", "this: {name: a.}", "this: {name: \"a b\"}", "this: {name: \"a\\n\"}",
        "this: {name: \"é\"}", "this: {name: \"#a\"}", "this: {name: [a]}", "this: {nam: a}",
        "this: {name: a, state: absent}", "this: {name: \(String(repeating: "a", count: 64))}",
        "this: {name: \(String(repeating: "abcdef.", count: 9))abc}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("hostname:\n  \(text)\n") }
    }

    @Test(arguments: ["a", "A-1", "web1.example.org", "10", String(repeating: "abcdef.", count: 9) + "a"])
    func namesAreTaken(name: String) throws {
        _ = try LawBench.catalog("hostname:\n  this: {name: \"\(name)\"}\n")
    }

    @Test func commentsAreKeptAndTheFirstLineCounts() throws {
        let bench = try LawBench.simulated(with: [(Self.file, "# ours\n\nold\n"), (Self.live, "old\n")])
        let plan = try bench.converge("hostname: {this: {name: new}}")
        #expect(plan.resources.first?.changes == [Change("name", from: .text("old"), to: .text("new"))])
        #expect(try bench.text(Self.file) == "# ours\n\nnew\n" && bench.text(Self.live) == "new\n")
    }

    @Test(arguments: [
        ("old\n", "new\n"), ("new\n", "old\n"), ("  new \n", "(none)\n"), ("\n# none\n", "new\n"), ("", "new"),
    ])
    func eitherNameAloneIsADifference(inFile: String, live: String) throws {
        let bench = try LawBench.simulated(with: [(Self.file, inFile), (Self.live, live)])
        #expect(try bench.converge("hostname: {this: {name: new}}").hasChanges)
        #expect(try bench.text(Self.live)?.trimmingCharacters(in: .newlines) == "new")
    }

    @Test func blanksAroundTheNameAreNone() throws {
        let bench = try LawBench.simulated(with: [(Self.file, "\tnew \n"), (Self.live, "new\n")])
        #expect(!(try bench.converge("hostname: {this: {name: new}}").hasChanges))
    }

    /// Writing replaces no link; what a link of root's says is read.
    @Test func aLinkIsNotWrittenThrough() throws {
        let bench = try LawBench.simulated(with: [(Self.live, "old\n")])
        try bench.link(Self.file, to: "/etc/names/mine")
        #expect(try bench.plan(manifest: "hostname: {this: {name: new}}").count(.refuse) == 1)
    }

    @Test func undeclaringReleases() throws {
        let bench = try LawBench.simulated(with: [(Self.live, "old\n")])
        try bench.converge("hostname: {this: {name: new}}")
        let plan = try bench.converge("file: {/etc/marker: {content: x}}")
        #expect(plan.count(.release) == 1 && plan.removalCount == 0)
        #expect(try bench.text(Self.file) == "new\n")
    }

    @Test func aFileOfTheSamePathIsAConflict() {
        #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog("hostname: {this: {name: a}}\nfile: {/etc/hostname: {content: \"a\\n\"}}\n")
        }
    }
}
