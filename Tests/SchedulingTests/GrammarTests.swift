import Scheduling
import Testing

@Suite struct GrammarTests {
    @Test(arguments: [
        ("*/5 * * * *", "*/5 * * * *"), ("0 0 * * SUN", "0 0 * * 0"), ("0 0 * * 7", "0 0 * * 7"),
        ("0 0 * * fri-sun", "0 0 * * 5-7"), ("0 0 ? jan,MAR *", "0 0 * 1,3 *"), ("5/20 * * * *", "5-59/20 * * * *"),
        ("0 30 2 * * mon", "30 2 * * 1"), ("15 30 2 * * *", "15 30 2 * * *"), ("0 0 0 1 1 * 2030", "0 0 0 1 1 * 2030"),
        ("0 0 L-3,LW,15W * *", "0 0 L-3,LW,15W * *"), ("0 0 * * mon#2,5L", "0 0 * * 1#2,5L"),
        ("0 0 1 * +mon", "0 0 1 * +1"), ("0 0 * * +mon", "0 0 * * 1"), ("0 0 */2 * +mon", "0 0 1-31/2 * +1"),
        ("H H(2-4) * * H", "H H(2-4) * * H"), ("H/15 * * * *", "H/15 * * * *"), ("@midnight", "@daily"),
        ("@ANNUALLY", "@yearly"), ("@reboot", "@reboot"), ("every: 90s", "every: 1m30s"), ("@every 30s", "every: 30s"),
        ("after 5m", "after: 5m"), ("  0\t0 *  * * ", "0 0 * * *"),
    ]) func textIsBroughtIntoItsCanonicalForm(_ text: String, _ canonical: String) throws {
        let expression = try ScheduleExpression(text)
        #expect(expression.text == canonical)
        #expect(try ScheduleExpression(expression.text).text == canonical)
    }

    struct Refused: Sendable {
        var text: String, column: Int, message: String
        var dialect = Dialect.lodestar
    }

    static let refused = [
        Refused(text: "60 0 * * *", column: 1, message: "expected a minute from 0 to 59, found `60`"),
        Refused(text: "60 0 0 * * *", column: 1, message: "expected a second from 0 to 59, found `60`"),
        Refused(text: "0 0 * * xyz", column: 9, message: "expected a weekday from 0 to 7 or sun-sat, found `xyz`"),
        Refused(text: "0 24 * * *", column: 3, message: "expected an hour from 0 to 23, found `24`"),
        Refused(text: "0 5-2 * * *", column: 3, message: "expected a range that runs upwards, found `5-2`"),
        Refused(text: "*/0 * * * *", column: 3, message: "expected a step of at least 1, found `0`"),
        Refused(text: "*/60 * * * *", column: 3, message: "expected a step of at most 59, found `60`"),
        Refused(text: "10-20/15 * * * *", column: 7, message: "expected a step of at most 10, found `15`"),
        Refused(
            text: "0 0 31 2 *", column: 5,
            message: "expected a date that comes before the year 2200, found one that never comes"),
        Refused(
            text: "0 0 */2 * mon", column: 5, message: "expected no `*/n` beside a restricted day field, found `*/2`"),
        Refused(
            text: "0 0 1 * */2", column: 9, message: "expected no `*/n` beside a restricted day field, found `*/2`"),
        Refused(text: "0 0 1 1 * 2024", column: 11, message: "expected a weekday from 0 to 7 or sun-sat, found `2024`"),
        Refused(text: "0 0 * *", column: 1, message: "expected 5, 6 or 7 fields, found 4"),
        Refused(text: "? 0 * * *", column: 1, message: "expected a minute from 0 to 59, found `?`"),
        Refused(text: "0 0 * * L", column: 9, message: "expected a weekday from 0 to 7 or sun-sat, found `L`"),
        Refused(text: "0 0 32W * *", column: 5, message: "expected a day from 1 to 31, found `32`"),
        Refused(text: "0 0 * * 1#6", column: 11, message: "expected which one of the month, from 1 to 5, found `6`"),
        Refused(
            text: "@fortnightly", column: 1,
            message:
                "expected one of @yearly, @monthly, @weekly, @daily, @hourly, @minutely, @reboot, found `@fortnightly`"),
        Refused(
            text: "every: 0s", column: 8,
            message: "expected a duration of whole seconds from 1s to 366d, such as 30s or 1h30m, found `0s`"),
        Refused(
            text: "every: 500ms", column: 8,
            message: "expected a duration of whole seconds from 1s to 366d, such as 30s or 1h30m, found `500ms`"),
        Refused(text: "", column: 1, message: "expected a cron expression, found nothing"),
        Refused(text: "0 0,, * * *", column: 5, message: "expected an hour from 0 to 23, found `,`"),
        Refused(text: "ü 0 * * *", column: 1, message: "expected a minute from 0 to 59, found `ü`"),
        Refused(text: "0 0 * * 5-2", column: 9, message: "expected a range that runs upwards, found `5-2`"),
        Refused(
            text: "0 0 0 1 * 2", column: 7, message: "expected `?` in exactly one of the day fields, found none",
            dialect: .quartz),
        Refused(text: "0 0 5L * *", column: 6, message: "expected `,` or the end of the day field, found `L`"),
        Refused(text: "0 0 L * *", column: 5, message: "expected a day from 1 to 31, found `L`", dialect: .debian),
    ]

    @Test(arguments: refused) func whatIsRefusedIsNamedWithItsColumn(_ row: Refused) {
        #expect(throws: ScheduleError.self) { try ScheduleExpression(row.text, dialect: row.dialect) }
        do { _ = try ScheduleExpression(row.text, dialect: row.dialect) } catch {
            #expect(error.message == row.message)
            #expect(error.column == row.column)
        }
    }

    @Test func theCaretStandsBelowThePlace() throws {
        do { _ = try ScheduleExpression("0 0 */2 * mon") } catch {
            #expect(error.excerpt(of: "0 0 */2 * mon") == "  0 0 */2 * mon\n      ^^^")
        }
    }

    @Test(arguments: [("* */10 * * * *", 1), ("* * * * * *", 0), ("0 */10 * * * *", 0), ("* * * * *", 0)])
    func everySecondOfAMinuteIsWarnedOf(_ text: String, _ count: Int) throws {
        #expect(try ScheduleExpression(text).warnings.count == count)
    }

    @Test(arguments: [
        ("* * * * *", "wild"), ("0 * * * *", "wild"), ("*/5 3 * * *", "wild"), ("5 3 * * *", "fixed"),
        ("* 5 3 * * *", "fixed"), ("0,1 0-23 * * *", "fixed"), ("every: 1d", "interval"), ("after: 1s", "after"),
        ("@reboot", "reboot"), ("@hourly", "wild"), ("@daily", "fixed"), ("0-59 3 * * *", "fixed"),
    ]) func theClassIsDecidedByTheMinuteAndHourFields(_ text: String, _ timing: String) throws {
        #expect(try ScheduleExpression(text).timing.rawValue == timing)
    }

    @Test(
        arguments: [
            ("*/5 * * * *", 300_000), ("0 * * * *", 3_600_000), ("0 2 * * *", 0), ("0 */2 * * *", 0),
            ("*/5 9-17 * * mon-fri", 300_000), ("0,30 9 * * *", 0), ("*/10 * * * * *", 10_000),
        ] as [(String, Int64)]) func theDefaultWindowIsThePeriodUpToAnHour(_ text: String, _ window: Int64) throws
    {
        #expect(RunPlan(try ScheduleExpression(text), hostIdentifier: "a", key: "b").window == window)
    }

    @Test func macrosAndIntervalsSpreadOverTheirWholePeriod() throws {
        let host = "0123456789abcdef0123456789abcdef"
        let midnight = try #require(Instant("2026-11-24T00:00:00Z"))
        for text in ["@daily", "every: 1d"] {
            let run = RunPlan(try ScheduleExpression(text), hostIdentifier: host, key: "logrotate")
                .nextRun(after: midnight)
            #expect(run?.start == midnight.advanced(byMilliseconds: 78_994_562))
        }
    }

    @Test func hashedFieldsStayOnAHostAndDifferBetweenHosts() throws {
        let expression = try ScheduleExpression("H H(2-4) * * *")
        let start = Instant(seconds: 1_800_000_000)
        var minutes: Set<Int64> = []
        for number in 0..<200 {
            let table = Timetable(expression, hostIdentifier: "host-\(number)", key: "job")
            let tick = try #require(table.next(after: start))
            #expect((2...4).contains(tick.seconds / 3600 % 24))
            #expect(table.next(after: tick) == tick.advanced(bySeconds: 86400))
            minutes.insert(tick.seconds / 60 % 60)
        }
        #expect(minutes.count > 50)
    }
}
