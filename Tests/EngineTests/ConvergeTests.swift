import Engine
import Model
import Resources
import SimulatedHost
import Testing

struct ConvergeTests {
    let motd = declare(File.self, "/etc/motd", ["content": .string("hello\n"), "mode": .string("0640")])

    @Test func applyMakesAndASecondPlanIsEmpty() throws {
        let fixture = try Fixture()
        let catalog = Catalog([motd])
        #expect(try fixture.plan(catalog).resources.map(\.action) == [.create])
        let report = try fixture.apply(catalog)
        #expect(report.outcomes.map(\.result) == [.changed])
        #expect(fixture.text("/etc/motd") == "hello\n")
        let second = try fixture.plan(catalog)
        #expect(second.resources.isEmpty)
        #expect(second.inPlaceCount == 1)
    }

    @Test func driftAndManifestChangesAreToldApart() throws {
        let fixture = try Fixture()
        try fixture.apply(Catalog([motd]))
        try fixture.write("/etc/motd", "drifted\n")
        #expect(try fixture.plan(Catalog([motd])).resources.map(\.cause) == [.drift])
        let changed = declare(File.self, "/etc/motd", ["content": .string("new\n")])
        #expect(try fixture.plan(Catalog([changed])).resources.map(\.cause) == [.manifestChange])
    }

    @Test func laterResourcesSeeEarlierEffectsInThePlan() throws {
        let fixture = try Fixture()
        let catalog = Catalog(
            [
                declare(Group.self, "ops", ["gid": .int(3000)]),
                declare(User.self, "ops", ["uid": .int(3000), "group": .string("ops")]),
                declare(Directory.self, "/srv/ops", ["owner": .string("ops")]),
                declare(
                    File.self, "/srv/ops/a",
                    ["content": .string("a"), "owner": .string("ops"), "group": .string("ops")]),
            ],
            edges: [
                Edge(from: 0, to: 1, reason: "group"), Edge(from: 1, to: 2, reason: "owner"),
                Edge(from: 2, to: 3, reason: "parent"),
            ])
        #expect(try fixture.plan(catalog).resources.map(\.action) == [.create, .create, .create, .create])
        let report = try fixture.apply(catalog)
        #expect(report.outcomes.allSatisfy { $0.result == .changed })
        #expect(try fixture.plan(catalog).resources.isEmpty)
        #expect(fixture.text("/etc/passwd")?.contains("ops:x:3000:3000::/home/ops:/bin/sh") == true)
    }

    @Test func anUnknownOwnerIsRefusedInThePlan() throws {
        let fixture = try Fixture()
        let plan = try fixture.plan(
            Catalog([declare(File.self, "/etc/x", ["content": .string(""), "owner": .string("nobody-here")])]))
        #expect(plan.resources.map(\.action) == [.refuse])
        #expect(plan.detailedExitCode == 4)
        #expect(plan.resources[0].reason?.text == "cannot find owner nobody-here: there is no such account")
    }

    @Test func aFailureSkipsDependantsAndNothingElse() throws {
        let fixture = try Fixture()
        let catalog = Catalog(
            [
                declare(File.self, "/missing/a", ["content": .string("a")]),
                declare(File.self, "/etc/b", ["content": .string("b")]),
                declare(File.self, "/etc/c", ["content": .string("c")]),
            ], edges: [Edge(from: 0, to: 1, reason: "require")])
        let report = try fixture.apply(catalog)
        #expect(report.outcomes.first { $0.address.key == "/etc/b" }?.result == .skipped)
        #expect(report.outcomes.first { $0.address.key == "/etc/c" }?.result == .changed)
        #expect(report.detailedExitCode == 6)
    }

    /// What a resource in place waits for counts for those that wait for it.
    @Test func aFailureReachesThroughWhatIsInPlace() throws {
        let fixture = try Fixture()
        try fixture.write("/etc/middle", "x")
        let middle = declare(File.self, "/etc/middle", ["content": .string("x")])
        let first = declare(File.self, "/etc/first", ["content": .string("x")])
        let last = declare(File.self, "/etc/last", ["content": .string("x")])
        let catalog = Catalog(
            [first, middle, last],
            edges: [Edge(from: 0, to: 1, reason: "require"), Edge(from: 1, to: 2, reason: "require")])
        let plan = try fixture.plan(catalog)
        #expect(plan.resources.map(\.address) == [first.address, last.address])
        // Somebody is faster than the apply.
        try fixture.perform(.makeDirectory(DirectoryCreation("/etc/first".path, attributes: Attributes())))
        let run = fixture.state.begin(RunStart(site: "test", revision: "", catalogDigest: catalog.digest, time: 0))
        let report = try Converger(plan, on: fixture.host, store: fixture.state, run: run).converge()
        #expect(report.outcomes.map(\.result) == [.failed, .skipped])
        #expect(fixture.text("/etc/last") == nil)
    }

    @Test func createdObjectsAreRemovedAndAdoptedOnesReleased() throws {
        let fixture = try Fixture()
        try fixture.write("/etc/old", "old")
        let both = Catalog([
            motd, declare(File.self, "/etc/old", ["content": .string("old")]), declare(Directory.self, "/srv/x"),
        ])
        try fixture.apply(both)
        let plan = try fixture.plan(Catalog([declare(Directory.self, "/srv/x")]))
        #expect(plan.resources.map(\.action) == [.release, .remove])
        try fixture.apply(Catalog([declare(Directory.self, "/srv/x")]))
        #expect(fixture.text("/etc/motd") == nil)
        #expect(fixture.text("/etc/old") == "old")
        #expect(try fixture.plan(Catalog([declare(Directory.self, "/srv/x")])).resources.isEmpty)
    }

    @Test func aSiteThatCompilesToNothingRemovesNothing() throws {
        let fixture = try Fixture()
        try fixture.apply(Catalog([motd]))
        #expect(try fixture.plan(Catalog([])).resources.isEmpty)
    }

    @Test func switchedOffIsLeftAlone() throws {
        let fixture = try Fixture()
        let other = declare(Directory.self, "/srv/x")
        try fixture.apply(Catalog([motd, other]))
        #expect(try fixture.plan(Catalog([other], dormant: [motd.address])).resources.isEmpty)
    }

    @Test func tooManyRemovalsAreFlagged() throws {
        let fixture = try Fixture()
        let many = (0..<21).map { declare(File.self, "/etc/f\($0)", ["content": .string("")]) }
        try fixture.apply(Catalog(many + [motd]))
        #expect(try fixture.plan(Catalog([motd])).exceedsRemovalLimit)
        #expect(try !fixture.plan(Catalog([motd, many[0]])).exceedsRemovalLimit)
        #expect(try !fixture.plan(Catalog([motd], safety: Safety(maximumRemovals: 21))).exceedsRemovalLimit)
    }

    @Test func commandsWithoutGuardAreUnknownAndRun() throws {
        let fixture = try Fixture()
        let catalog = Catalog([declare(Command.self, "x", ["run": .string("true")])])
        let plan = try fixture.plan(catalog)
        #expect(plan.resources.map(\.action) == [.unknown])
        #expect(plan.detailedExitCode == 8)
        #expect(try fixture.apply(catalog).outcomes.map(\.result) == [.changed])
    }

    @Test func aNotificationRefreshesOnceAfterAllCauses() throws {
        let fixture = try Fixture()
        let unit = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
        let catalog = Catalog(
            [
                motd, declare(File.self, "/etc/two", ["content": .string("2")]),
                declare(Service.self, "web", ["unit": .string(unit), "enabled": .bool(true), "running": .bool(true)]),
            ],
            edges: [
                Edge(from: 0, to: 2, reason: "notify", isNotification: true),
                Edge(from: 1, to: 2, reason: "notify", isNotification: true),
            ])
        let first = try fixture.apply(catalog)
        #expect(first.outcomes.map(\.result) == [.changed, .changed, .changed])
        #expect(fixture.state.refreshes.isEmpty)
        try fixture.write("/etc/motd", "drift")
        let plan = try fixture.plan(catalog)
        #expect(plan.resources.map(\.action) == [.change, .refresh])
        #expect(try fixture.apply(catalog).outcomes.map(\.result) == [.changed, .refreshed])
        #expect(try fixture.plan(catalog).resources.isEmpty)
    }

    @Test func anOwedRefreshIsPaidByTheNextRun() throws {
        let fixture = try Fixture()
        let unit = "[Service]\nExecStart=/bin/true\n"
        let catalog = Catalog([declare(Service.self, "web", ["unit": .string(unit), "running": .bool(true)])])
        try fixture.apply(catalog)
        fixture.state.refreshes[catalog.declarations[0].address] = "file:/etc/motd"
        #expect(try fixture.plan(catalog).resources.map(\.action) == [.refresh])
        #expect(try fixture.apply(catalog).outcomes.map(\.result) == [.refreshed])
        #expect(fixture.state.refreshes.isEmpty)
    }

    @Test func anObjectOfOursGivesWayToAnotherType() throws {
        let fixture = try Fixture()
        try fixture.apply(Catalog([declare(File.self, "/srv/a", ["content": .string("")])]))
        let link = Catalog([declare(Link.self, "/srv/a", ["target": .string("/etc")])])
        #expect(try fixture.plan(link).resources.map(\.action) == [.replace])
        try fixture.apply(link)
        #expect(try fixture.host.linkTarget(of: "/srv/a".path) == "/etc")
        try fixture.write("/srv/b", "foreign")
        let other = Catalog([declare(Link.self, "/srv/b", ["target": .string("/etc")])])
        #expect(try fixture.plan(other).resources.first { $0.address.key == "/srv/b" }?.action == .refuse)
    }
}
