import Model
import Scheduling
import Testing

@Suite struct DefinitionTests {
    static let plain = #"{"format": 1, "name": "a", "cron": "0 2 * * *", "run": "true"}"#

    @Test(arguments: [
        (
            #"{"format": 1, "name": "a", "cron": "0 2 * * *", "run": "true", "spred": "off"}"#,
            "expected a property of a schedule, found `spred`; did you mean `spread`?"
        ),
        (#"{"format": 2, "name": "a"}"#, "expected `format` 1, found another"),
        (
            #"{"format": 1, "name": "../a", "cron": "0 2 * * *", "run": "true"}"#,
            "expected a name of letters, digits, `_`, `-` and `.`, at most 64, found `../a`"
        ),
        (
            #"{"format": 1, "name": "a", "cron": "61 2 * * *", "run": "true"}"#,
            "`cron`: expected a minute from 0 to 59, found `61` at column 1 of `61 2 * * *`"
        ),
        (
            #"{"format": 1, "name": "a", "every": "30s", "cron": "0 2 * * *", "run": "true"}"#,
            "expected exactly one of cron, every and after, found several"
        ),
        (#"{"format": 1, "name": "a", "every": "30s"}"#, "expected one of run and argv, found neither"),
        (
            #"{"format": 1, "name": "a", "every": "30s", "run": "x", "nice": 99}"#,
            "`nice`: expected -20 to 19, found 99"
        ),
        (
            #"{"format": 1, "name": "a", "every": "30s", "run": "x", "env": {"A B": "c"}}"#,
            "`env`: expected the name of a variable, found `A B`"
        ),
        (#"{"format": 1, "name": "a", "name": "b"}"#, "expected each key once, found `name` twice at byte 27"),
        ("[]", "expected an object, found something else"), ("", "expected a value, found the end at byte 0"),
    ]) func aFileThatIsNoDefinitionIsRefused(_ text: String, _ message: String) {
        #expect(throws: DefinitionFault(message)) { try ScheduleDefinition(file: Array(text.utf8)) }
    }

    @Test func catchUpDependsOnThePeriod() throws {
        let definition = try ScheduleDefinition(file: Array(Self.plain.utf8))
        #expect(definition.effectiveCatchUp(period: 3600) == .once)
        #expect(definition.effectiveCatchUp(period: 3599) == .skip)
    }

    @Test func secretsAreMarkedInTheFile() throws {
        var definition = try ScheduleDefinition(file: Array(Self.plain.utf8))
        #expect(!definition.hasSecrets)
        definition.env = SecretMap([EnvironmentEntry("TOKEN", Content("x", isSecret: true))])
        #expect(try ScheduleDefinition(file: Array(definition.fileText.utf8)).hasSecrets)
    }
}
