import Engine
import Foundation
import SystemFiles
import Model
import Resources
import Testing

/// Pins of packages: records in a file of their own, judged by apt where there is a real root.
@Suite struct PackagePinTests {
    private static let file = "/etc/apt/preferences.d/00-lodestar-x.pref"
    private static let pin =
        "package_pin:\n  x: {packages: [nginx, \"lib*\"], release: \"o=Debian,n=bookworm\", priority: 990}\n"

    @Test(arguments: [
        "{}", "{packages: nginx, priority: 500}", "{packages: nginx, version: \"1\"}", "{version: \"1\", priority: 5}",
        "{packages: nginx, version: \"1\", origin: a, priority: 5}", "{packages: nginx, version: '', priority: 5}",
        "{packages: nginx, version: \"1 2\", priority: 5}", "{packages: nginx, version: \"1\", priority: 0}",
        "{packages: nginx, version: \"1\", priority: 32768}", "{packages: nginx, version: \"1\", priority: high}",
        "{packages: [a, a], version: \"1\", priority: 5}", "{packages: [], version: \"1\", priority: 5}",
        "{packages: \"#a\", version: \"1\", priority: 5}", "{packages: \"a\\nPin: b\", version: \"1\", priority: 5}",
        "{packages: nginx, release: \"n=a\\nPin-Priority: 1001\", priority: 5}",
        "{packages: nginx, release: '', priority: 5}",
        "{packages: nginx, origin: \"a b\", priority: 5}", "{packages: nginx, pin: \"version 1\", priority: 5}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("package_pin:\n  x: \(text)\n") }
    }

    @Test func aPinComesDriftsAndGoesWithItsFile() throws {
        let bench = try LawBench.simulated()
        try bench.converge(Self.pin)
        let text = "Package: nginx lib*\nPin: release o=Debian,n=bookworm\nPin-Priority: 990\n"
        #expect(try bench.text(Self.file) == text)
        try bench.put(Self.file, Content(text.replacing("990", with: "100")))
        let plan = try bench.converge(Self.pin).fullText
        #expect(plan.contains("100") && plan.contains("990"), "\(plan)")
        #expect(try bench.text(Self.file) == text)
        // Another record in its file is no part of what is declared.
        try bench.put(Self.file, Content(text + "\nPackage: evil\nPin: version *\nPin-Priority: 1001\n"))
        try bench.converge(Self.pin)
        #expect(try bench.text(Self.file) == text)
        try bench.converge("file:\n  /etc/lodestar-marker: {content: x}\n")
        #expect(try bench.text(Self.file) == nil)
    }

    /// Whether others wrote it in the same words does not matter, as long as apt reads the file.
    @Test(arguments: [
        ("mine", true), ("mine.pref", true), ("mine.bak", false), ("mine~", false),
    ])
    func whatAnotherFileSaysIsInPlace(name: String, isRead: Bool) throws {
        let other =
            "Explanation: by hand\npackage:  nginx  lib*\nPIN: release  o=Debian,n=bookworm\npin-priority: 990\n"
        let bench = try LawBench.simulated(with: [("/etc/apt/preferences.d/\(name)", other)])
        try bench.converge(Self.pin)
        #expect(try bench.text(Self.file) == nil || !isRead)
        #expect(try bench.text(Self.file) != nil || isRead)
        #expect(try bench.text("/etc/apt/preferences.d/\(name)") == other)
    }

    @Test func whatComesFirstIsARemark() throws {
        let bench = try LawBench.simulated(
            with: [("/etc/apt/preferences", "Package: nginx\nPin: version 1.2\nPin-Priority: 1001\n")])
        let plan = try bench.plan(try LawBench.catalog(Self.pin))
        #expect(plan.fullText.contains("/etc/apt/preferences comes first: nginx by version 1.2"), "\(plan.fullText)")
    }

    @Test(.enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
    func aptChoosesWhatIsPinned() throws {
        let bench = try LawBench.real(preparedBy: "tiny-repository.sh")
        defer { bench.remove() }
        let root = try #require(bench.root)
        func policy() -> String { LawBench.run(["chroot", root, "apt-cache", "policy", "tinyd"]).output }
        #expect(policy().contains("Candidate: 2.0"))
        for (fields, candidate) in [
            ("version: \"1.*\", priority: 990", "1.0"), ("version: \"2.0\", priority: -1", "1.0"),
            ("origin: '', priority: 700", "2.0"), ("version: \"*\", priority: -5", "(none)"),
        ] {
            // The same site installs by it: the pin comes first.
            let site = "package_pin:\n  x: {packages: \"tiny?\", \(fields)}\n"
            let report = try bench.apply(try bench.plan(try LawBench.catalog(site)))
            #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
            #expect(policy().contains("Candidate: \(candidate)"), "\(fields): \(policy())")
            #expect(!(try bench.plan(try LawBench.catalog(site))).hasChanges)
        }
        let both = "package_pin:\n  x: {packages: tinyd, version: \"1.*\", priority: 990}\npackage:\n  tinyd: {}\n"
        let report = try bench.apply(try bench.plan(try LawBench.catalog(both)))
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(LawBench.run(["chroot", root, "dpkg-query", "-W", "-f", "${Version}", "tinyd"]).output == "1.0")
    }

    @Test func anImportFindsThem() throws {
        let text = """
            Explanation: from backports
            Package: git git-man
            Pin: release n=bookworm-backports
            Pin-Priority: 500

            # never
            Package: *
            Pin: origin ""
            Pin-Priority: -1
            """
        let bench = try LawBench.simulated(with: [("/etc/apt/preferences.d/own.pref", text + "\n")])
        var findings = Findings<PackagePin>()
        try PackagePin.addImports(from: bench.host, to: &findings)
        #expect(findings.list.map(\.resource.name.text) == ["own", "own-2"])
        #expect(findings.list.last?.resource.origin == "")
    }
}
