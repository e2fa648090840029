import Engine
import Foundation
import Model
import Resources
import Testing

/// Packages on a real root, from a repository of tiny ones, judged by dpkg.
@Suite(.serialized, .enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct PackageTests {
    private func bench() throws -> (bench: LawBench, root: String) {
        let bench = try LawBench.real()
        let root = try #require(bench.root)
        let made = LawBench.run([LawBench.tool("tiny-repository.sh"), root])
        #expect(made.status == 0, "\(made.output)")
        return (bench, root)
    }

    private func apply(_ manifest: String, _ bench: LawBench) throws -> Report {
        try bench.apply(try bench.plan(try LawBench.catalog("package:\n  \(manifest)\n")))
    }

    private func installed(_ name: String, _ root: String) -> String {
        let query = ["chroot", root, "dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Version}", name]
        let result = LawBench.run(query)
        return result.status == 0 ? result.output : "none"
    }

    @Test func versionsHoldsAndRemovalsAreAsDpkgSeesThem() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        for (manifest, expected) in [
            ("tinyd: {version: \"1.0\", hold: true}", "hi 1.0"), ("tinyd: {version: \"1.0\", hold: false}", "ii 1.0"),
            ("tinyd: {state: latest}", "ii 2.0"), ("tinyd: {version: \"1.0\"}", "ii 1.0"),
            ("tinyd: {state: absent}", "rc 1.0"), ("tinyd: {}", "ii 2.0"),
        ] {
            let report = try apply(manifest, bench)
            #expect(report.count(.failed) == 0, "\(manifest): \(report.outcomes.compactMap(\.reason))")
            #expect(installed("tinyd", root) == expected, "\(manifest)")
            let second = try bench.plan(try LawBench.catalog("package:\n  \(manifest)\n"))
            #expect(!second.hasChanges, "\(manifest): \(PlanText(second, isColored: false).text(.full))")
        }
        // No maintainer script started a service in a root that is not running, and its guard is gone again.
        #expect(!FileManager.default.fileExists(atPath: "\(root)/started"))
        #expect(!FileManager.default.fileExists(atPath: "\(root)/usr/sbin/policy-rc.d"))
    }

    @Test func latestIsResolvedInThePlan() throws {
        let (bench, _) = try bench()
        defer { bench.remove() }
        let plan = try bench.plan(try LawBench.catalog("package:\n  tinyd: {state: latest}\n"))
        #expect(plan.resources.first?.changes.first?.new == .text("present, 2.0"))
    }

    @Test func oneThatFailsTakesNoOtherAlong() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let report = try apply("tinyd: {}\n  no-such-package: {}\n  tiny-broken: {}\n  tiny-mta: {}", bench)
        let failed = report.outcomes.filter { $0.result == .failed }
        #expect(failed.map(\.address.key).sorted() == ["no-such-package", "tiny-broken"])
        #expect(failed.compactMap(\.reason).contains { $0.contains("Unable to locate package no-such-package") })
        #expect(failed.compactMap(\.reason).contains { $0.contains("tiny-broken") && $0.contains("exit status 3") })
        #expect(installed("tinyd", root) == "ii 2.0")
        #expect(installed("tiny-mta", root) == "ii 1.0")
    }

    @Test func whatCouldNotBeInstalledIsNotHeld() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try apply("tiny-broken: {hold: true}", bench).count(.failed) == 1)
        #expect(LawBench.run(["chroot", root, "apt-mark", "showhold"]).output == "")
        let again = try bench.plan(try LawBench.catalog("package:\n  tiny-broken: {hold: true}\n"))
        #expect(again.count(.refuse) == 0)
    }

    @Test func aProvidedPackageIsThere() throws {
        let (bench, _) = try bench()
        defer { bench.remove() }
        #expect(try apply("tiny-mta: {}", bench).count(.changed) == 1)
        #expect(!(try bench.plan(try LawBench.catalog("package:\n  mail-transport-agent: {}\n"))).hasChanges)
    }

    @Test func anAdministratorsConfigurationFileIsKept() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        _ = try apply("tinyd: {version: \"1.0\"}", bench)
        try "mine\n".write(toFile: "\(root)/etc/tinyd/tinyd.conf", atomically: true, encoding: .utf8)
        #expect(try apply("tinyd: {version: \"2.0\"}", bench).count(.failed) == 0)
        #expect(try String(contentsOfFile: "\(root)/etc/tinyd/tinyd.conf", encoding: .utf8) == "mine\n")
    }

    @Test func aHeldPackageIsNotMovedSilently() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        _ = try apply("tinyd: {version: \"1.0\", hold: true}", bench)
        let plan = try bench.plan(try LawBench.catalog("package:\n  tinyd: {version: \"2.0\"}\n"))
        #expect(plan.count(.refuse) == 1)
        #expect(installed("tinyd", root) == "hi 1.0")
    }
}
