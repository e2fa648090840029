import Engine
import Model
import Resources
import Scheduling
import Testing

/// What is particular about schedules, beside the laws.
@Suite struct ScheduleTests {
    static let path = "/etc/lodestar/schedules.d/job.json"

    static func manifest(_ properties: String) -> String { "schedule:\n  job: {\(properties)}\n" }

    @Test func planShowsEachPropertyThatDiffers() throws {
        let bench = try LawBench.simulated()
        _ = try bench.apply(
            try bench.plan(
                try LawBench.catalog(
                    Self.manifest("cron: \"30 2 * * mon\", run: /bin/true, nice: 5, timeout: 1h, env: {A: b}"))))
        let plan = try bench.plan(
            try LawBench.catalog(Self.manifest("cron: \"31 2 * * mon\", run: /bin/true, timeout: 2h, env: {A: c}")))
        let changes = try #require(plan.resources.first).changes
        #expect(changes.map(\.property) == ["cron", "env", "nice", "timeout"])
        #expect(changes.first == Change("cron", from: .text("30 2 * * 1"), to: .text("31 2 * * 1")))
    }

    @Test func aPropertyThatIsTakenAwayIsShown() throws {
        let bench = try LawBench.simulated()
        _ = try bench.apply(
            try bench.plan(try LawBench.catalog(Self.manifest("every: 30s, run: /bin/true, memory: 64M"))))
        let plan = try bench.plan(try LawBench.catalog(Self.manifest("every: 30s, run: /bin/true")))
        #expect(try #require(plan.resources.first).changes == [Change("memory", from: .text("64M"), to: nil)])
    }

    /// A schedule makes the folders above its file; one that is declared comes first, or a plan would call it in place.
    @Test func aDeclaredFolderAboveItComesFirst() throws {
        let bench = try LawBench.simulated()
        let plan = try bench.plan(
            try LawBench.catalog(
                Self.manifest("every: 30s, run: /bin/true") + "directory:\n  /etc/lodestar: {mode: \"0755\"}\n"))
        #expect(plan.resources.map(\.address.description) == ["directory:/etc/lodestar", "schedule:job"])
    }

    @Test func aForeignFileIsReplacedAndNamed() throws {
        let bench = try LawBench.simulated()
        let catalog = try LawBench.catalog(Self.manifest("every: 30s, run: /bin/true"))
        _ = try bench.apply(try bench.plan(catalog))
        let write = FileWrite(try Self.path.asPath, content: Content("{}"), replaced: .anything)
        for result in bench.host.perform([.writeFile(write)]) { _ = try result.get() }
        let plan = try bench.plan(catalog)
        #expect(try #require(plan.resources.first).changes.first?.property == "file")
        #expect(try bench.apply(plan).count(.failed) == 0)
        #expect(!(try bench.plan(catalog)).hasChanges)
    }

    @Test(arguments: [
        (
            "cron: \"61 * * * *\", run: x",
            "`cron`: expected a minute from 0 to 59, found `61` at column 1 of `61 * * * *`"
        ),
        ("cron: \"* * * * *\", every: 30s, run: x", "expected exactly one of cron, every and after, found several"),
        ("every: 30s", "expected one of run and argv, found neither"),
        ("every: 30s, run: x, argv: [/bin/x]", "expected one of run and argv, found both"),
        ("every: 500ms, run: x", "`every`: expected whole seconds from 1s to 366d, found 500ms"),
        ("every: 30s, argv: [x]", "`argv`: expected an absolute path of a program first"),
        (
            "every: 30s, run: x, timezone: ../x",
            "`timezone`: expected UTC, local or a name such as Europe/Berlin, found `../x`"
        ),
        (
            "every: 30s, run: x, overlap: {allow: 0}",
            "`overlap`: expected skip, queue, replace or {allow: N} up to 100, found `0`"
        ),
    ]) func whatCannotBeIsRefused(_ properties: String, _ message: String) {
        do {
            _ = try LawBench.catalog(Self.manifest(properties))
            Issue.record("it is accepted")
        } catch {
            #expect("\(error)".contains(message), "\(error)")
        }
    }

    @Test func usersAndScriptsComeFirst() throws {
        let catalog = try LawBench.catalog(
            """
            schedule:
              job: {every: 30s, run: "/opt/x --go", user: ops}
            file:
              /opt/x: {content: x}
            directory:
              /opt: {}
            user:
              ops: {}
            """)
        let job = try #require(catalog.declarations.firstIndex { $0.address.type == "schedule" })
        let before = Set(
            catalog.edges.filter { $0.to == job }.map { catalog.declarations[$0.from].address.description })
        #expect(before == ["file:/opt/x", "user:ops"])
    }

    @Test func secretsAreNeverShownAndCloseTheFile() throws {
        let bench = try LawBench.simulated()
        func job(_ secret: String) throws -> Schedule {
            var job = Schedule()
            job.definition.name = "job"
            job.definition.every = .seconds(30)
            job.definition.run = "/bin/true"
            job.definition.env = SecretMap([EnvironmentEntry("TOKEN", Content(secret, isSecret: true))])
            return job
        }
        let steps = try job("first").steps(from: try job("first").observe(on: bench.host))
        for result in bench.host.perform(steps) { _ = try result.get() }
        #expect(try bench.host.status(of: try Self.path.asPath)?.permissions == Permissions(0o600))
        let changes = try job("second").changes(from: try job("second").observe(on: bench.host))
        #expect(changes == [Change("env", from: .secret, to: .secret)])
        #expect(try job("first").steps(from: try job("first").observe(on: bench.host)).isEmpty)
    }
}
