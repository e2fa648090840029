import Engine
import Foundation
import Model
import Testing

/// The time zone: names, the link, copies, /etc/timezone, zones that are not there.
@Suite struct TimezoneTests {
    private static let shanghai = "timezone: {this: {zone: Asia/Shanghai}}", link = "/etc/localtime"
    private static let folder = "/usr/share/zoneinfo"

    private func bench(_ files: [(path: String, text: String)] = []) throws -> LawBench {
        try LawBench.simulated(
            with: files + [("\(Self.folder)/Asia/Shanghai", "TZif"), ("\(Self.folder)/Etc/UTC", "TZif")])
    }

    @Test(arguments: [
        "this: {}", "zone: {zone: UTC}", "this: {zone: \"\"}", "this: {zone: /Asia/Shanghai}", "this: {zone: Asia/}",
        "this: {zone: Asia//Shanghai}", "this: {zone: ../../etc/passwd}", "this: {zone: Asia/./x}",
        "this: {zone: \"a b\"}",
        "this: {zone: \"UTC\\n\"}", "this: {zone: [UTC]}", "this: {zone: \"<+03>-3\"}", "this: {zone: \"UTC;x\"}",
        "this: {zones: UTC}", "this: {zone: \(String(repeating: "a", count: 101))}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("timezone:\n  \(text)\n") }
    }

    @Test(arguments: [
        "UTC", "Etc/GMT+0", "GMT-0", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "EST5EDT",
    ])
    func namesAreTaken(zone: String) throws {
        _ = try LawBench.catalog("timezone: {this: {zone: \(zone)}}")
    }

    @Test(arguments: ["/usr/share/zoneinfo/Asia/Shanghai", "../usr/share/zoneinfo/Asia/Shanghai"])
    func bothFormsOfTheLinkAreInPlace(target: String) throws {
        let bench = try bench()
        try bench.link(Self.link, to: target)
        #expect(!(try bench.converge(Self.shanghai).hasChanges))
        #expect(try bench.host.linkTarget(of: Self.link.asPath) == target)
    }

    @Test(arguments: ["/usr/share/zoneinfo/Etc/UTC", "/somewhere/else", "Asia/Shanghai", ""])
    func anotherLinkIsReplaced(target: String) throws {
        let bench = try bench([("/etc/marker", "")])
        if !target.isEmpty { try bench.link(Self.link, to: target) }
        let plan = try bench.converge(Self.shanghai)
        #expect(plan.count(target.isEmpty ? .create : .change) == 1)
        #expect(try bench.host.linkTarget(of: Self.link.asPath) == "/usr/share/zoneinfo/Asia/Shanghai")
        #expect(try bench.host.status(of: "/etc/timezone".asPath) == nil)
    }

    @Test func aCopiedZoneFileIsReplacedByTheLink() throws {
        let bench = try bench([(Self.link, "TZif")])
        #expect(try bench.converge(Self.shanghai).count(.change) == 1)
        #expect(try bench.host.linkTarget(of: Self.link.asPath) == "/usr/share/zoneinfo/Asia/Shanghai")
    }

    /// community.general 8784: /etc/timezone is still read by Debian's programs where it is kept.
    @Test func theLegacyFileFollows() throws {
        let bench = try bench([("/etc/timezone", "# by hand\nEtc/UTC\n")])
        try bench.link(Self.link, to: "/usr/share/zoneinfo/Asia/Shanghai")
        #expect(try bench.converge(Self.shanghai).count(.change) == 1)
        #expect(try bench.text("/etc/timezone") == "# by hand\nAsia/Shanghai\n")
    }

    @Test(arguments: [
        ("Asia/Shangai", "did you mean `Shanghai`?"), ("Asia", "Asia is a folder of zones"),
        ("Mars/Olympus", "timedatectl"),
    ])
    func aZoneThatIsNotThereIsRefusedEachTime(zone: String, said: String) throws {
        let bench = try bench()
        for _ in 1...2 {
            let plan = try bench.plan(manifest: "timezone: {this: {zone: \(zone)}}")
            #expect(plan.count(.refuse) == 1 && PlanText(plan, isColored: false).text(.full).contains(said))
            try bench.link(Self.link, to: "/usr/share/zoneinfo/\(zone)")
        }
    }

    @Test func withoutTzdataItIsMissing() throws {
        let bench = try LawBench.simulated()
        try bench.perform([.remove(Removal(try Self.folder.asPath, kind: .directory, isRecursive: true))])
        let plan = try bench.plan(manifest: Self.shanghai)
        #expect(plan.count(.refuse) == 1 && PlanText(plan, isColored: false).text(.full).contains("the package tzdata"))
    }

    @Test func aFolderAtThePlaceIsRefused() throws {
        let bench = try bench([("/etc/localtime/x", "")])
        #expect(try bench.plan(manifest: Self.shanghai).count(.refuse) == 1)
    }

    @Test func absentIsUTCAndUndeclaringReleases() throws {
        let bench = try bench([("/etc/timezone", "Etc/UTC\n")])
        try bench.converge(Self.shanghai)
        #expect(try bench.converge("file: {/etc/marker: {content: x}}").count(.release) == 1)
        #expect(try bench.text("/etc/timezone") == "Asia/Shanghai\n")
        try bench.converge("timezone: {this: {zone: Asia/Shanghai, state: absent}}")
        #expect(try bench.host.status(of: Self.link.asPath) == nil)
        #expect(try bench.text("/etc/timezone") == "Etc/UTC\n")
    }
}
