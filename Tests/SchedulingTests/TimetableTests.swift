import Model
import Scheduling
import Testing

@Suite struct TimetableTests {
    struct Golden: Sendable {
        var host: String, key: String, minute: Int64, day: Int64
    }

    static let golden = [
        Golden(host: "0123456789abcdef0123456789abcdef", key: "logrotate", minute: 54857, day: 78_994_562),
        Golden(host: "0123456789abcdef0123456789abcdef", key: "heartbeat", minute: 57485, day: 82_779_371),
        Golden(host: String(repeating: "f", count: 32), key: "logrotate", minute: 38306, day: 55_161_513),
    ]

    @Test(arguments: golden) func theSpreadIsTheDesignsToTheByte(_ golden: Golden) {
        let spread = Spread(hostIdentifier: golden.host, key: golden.key)
        #expect(spread.offset(in: 60_000) == golden.minute)
        #expect(spread.offset(in: 86_400_000) == golden.day)
    }

    @Test func aRunOfEachMinuteKeepsItsOffset() throws {
        let plan = RunPlan(
            try ScheduleExpression(cron: "* * * * *"), hostIdentifier: "0123456789abcdef0123456789abcdef",
            key: "logrotate")
        var moment = try #require(Instant("2026-11-24T00:00:00Z")), starts: [Int64] = []
        let midnight = moment.milliseconds
        while let run = plan.nextRun(after: moment), run.start.milliseconds < midnight + 86_400_000 {
            starts.append(run.start.milliseconds - midnight)
            moment = run.start
        }
        #expect(starts == (0..<1440).map { Int64($0) * 60_000 + 54857 })
        #expect(
            plan.count(after: Instant(milliseconds: midnight), through: Instant(milliseconds: midnight + 86_399_999))
                == 1440)
    }

    @Test func aDefinitionIsReadBackAsItWasWritten() throws {
        var definition = ScheduleDefinition()
        definition.name = "rotate"
        definition.cron = CronText(try ScheduleExpression(cron: "30 2 * * mon"))
        definition.argv = ["/opt/rotate", "--all"]
        definition.overlap = .allow(3)
        definition.catchUp = .all(5)
        definition.env = SecretMap([EnvironmentEntry("TOKEN", Content("x", isSecret: true))])
        definition.limits = ProcessLimits([.init(.nofile, 1024), .init(.core, nil)])
        definition.memory = ByteSize(512 << 20)
        let read = try ScheduleDefinition(file: Array(definition.fileText.utf8))
        #expect(read == definition)
        #expect(read.hasSecrets)
        #expect(read.fileText == definition.fileText)
    }
}
