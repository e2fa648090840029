import Model
import Scheduling
import SchedulingOracle
import Testing
import TestSupport

/// What holds for every expression, zone and host: tried with seeds, told again on failure.
@Suite struct PropertyTests {
    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Asia/Tehran",
        "America/Sao_Paulo", "Antarctica/Troll",
    ]

    /// The transitions from 2000 to 2037.
    static func transitions(_ zone: ScheduleZone) -> [Int64] {
        zone.transitions.filter { (946_944_000..<2_145_000_000).contains($0) }
    }

    @Test(arguments: zones) func bruteForceAroundTransitionsFindsTheSameTicks(_ name: String) throws {
        let zone = try #require(Zones.named(name), "no zone \(name): install tzdata")
        let transitions = Self.transitions(zone)
        #expect(transitions.count >= 12)
        var generator = SeededGenerator(seed: 4)
        for round in 0..<12 {
            let expression = PlainExpression.random(isNight: true, using: &generator)
            let rule = DaylightRule(
                gap: round % 4 == 1 ? .skip : .run, overlap: round % 4 == 2 ? .twice : .once)
            let moment = try #require(transitions.randomElement(using: &generator))
            let reach: Int64 = expression.isOfMinutes ? 129_600 : 14_400
            if let difference = BruteForce.difference(expression, zone, rule, around: moment, reach: reach) {
                Issue.record("round \(round): \(difference)")
            }
        }
    }

    @Test func bruteForceFindsTheSameDays() throws {
        var generator = SeededGenerator(seed: 5)
        for round in 0..<300 {
            let expression = PlainExpression.random(isNight: false, using: &generator)
            let start = Int.random(in: 0..<13_000, using: &generator)
            let days = (start..<start + 800).filter { expression.matches(PlainDate.calendar[$0]) }
            guard let parsed = try? ScheduleExpression(cron: expression.text) else {
                #expect(days.isEmpty, "round \(round): `\(expression.text)` is refused")
                continue
            }
            let table = Timetable(parsed)
            let first = (PlainDate.firstDayNumber + Int64(start)) * 86400
            var found: [Int] = [], position = Instant(seconds: first - 1)
            while let tick = table.next(after: position), tick.seconds < first + 800 * 86400 {
                let day = tick.seconds / 86400
                found.append(Int(day - PlainDate.firstDayNumber))
                position = Instant(seconds: (day + 1) * 86400 - 1)
            }
            #expect(found == days, "round \(round): `\(expression.text)`")
        }
    }

    @Test func canonicalTextIsReadAsTheSame() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<2000 {
            let text = PlainExpression.random(isNight: false, using: &generator).text
            guard let expression = try? ScheduleExpression(cron: text) else { continue }
            let again = try ScheduleExpression(cron: expression.text)
            #expect(again.text == expression.text, "`\(text)`")
            #expect(again.timing == expression.timing && again.period == expression.period, "`\(text)`")
            let (one, two) = (Timetable(expression), Timetable(again))
            var moment = Instant(seconds: Int64.random(in: 0..<4_000_000_000, using: &generator))
            for _ in 0..<5 {
                #expect(one.next(after: moment) == two.next(after: moment), "`\(text)`")
                moment = one.next(after: moment) ?? moment
            }
        }
    }

    @Test func nextIsLaterMonotoneAndMatches() throws {
        var generator = SeededGenerator(seed: 7)
        for round in 0..<1500 {
            let text = PlainExpression.random(isNight: round % 2 == 0, using: &generator).text
            guard let expression = try? ScheduleExpression(cron: text),
                let zone = Zones.named(Self.zones[round % Self.zones.count])
            else { continue }
            let table = Timetable(expression, zone: zone)
            let first = Instant(milliseconds: Int64.random(in: 0..<4_000_000_000_000, using: &generator))
            let second = first.advanced(byMilliseconds: Int64.random(in: 0..<1_000_000_000, using: &generator))
            guard let tick = table.next(after: first), let later = table.next(after: second) else { continue }
            #expect(tick > first && later >= tick && table.matches(tick), "`\(text)` from \(first.text())")
            #expect(table.last(through: tick) == tick, "`\(text)` at \(tick.text())")
            #expect(table.count(after: first, through: tick) == 1, "`\(text)` from \(first.text())")
        }
    }

    @Test func thereIsOneRunBetweenNeighbouringTicks() throws {
        var generator = SeededGenerator(seed: 8)
        let choices: [SpreadChoice] = [.automatic, .off, .hour, .period, .window(.seconds(90))]
        for round in 0..<600 {
            let text = PlainExpression.random(isNight: round % 2 == 0, using: &generator).text
            guard let expression = try? ScheduleExpression(cron: text),
                let zone = Zones.named(Self.zones[round % Self.zones.count])
            else { continue }
            let plan = RunPlan(
                expression, zone: zone, hostIdentifier: "host-\(round)", key: "job", choice: choices[round % 5])
            var moment = Instant(milliseconds: Int64.random(in: 0..<4_000_000_000_000, using: &generator))
            let begin = moment
            var last: PlannedRun?, count: Int64 = 0
            for _ in 0..<20 {
                guard let run = plan.nextRun(after: moment) else { break }
                #expect(run.start > moment && run.start >= run.tick, "`\(text)`")
                if let next = plan.timetable.next(after: run.tick) { #expect(run.start < next, "`\(text)`") }
                if let last { #expect(plan.timetable.next(after: last.tick) == run.tick, "`\(text)` lost a tick") }
                #expect(plan.lastRun(through: run.start) == run, "`\(text)`")
                (last, moment, count) = (run, run.start, count + 1)
            }
            #expect(plan.count(after: begin, through: moment) == count, "`\(text)` from \(begin.text())")
            #expect(plan.runs(after: begin, through: moment, limit: 100).count == Int(count), "`\(text)`")
        }
    }

    @Test(arguments: zones) func aFixedDailyJobRunsOncePerCivilDate(_ name: String) throws {
        let zone = try #require(Zones.named(name))
        for time in ["30 2", "0 0", "15 1", "59 23", "5 3"] {
            let table = Timetable(try ScheduleExpression(cron: "\(time) * * *"), zone: zone)
            var moment = try #require(Instant("2009-12-25T00:00:00Z")), runs: [String: Int] = [:]
            while let tick = table.next(after: moment), tick.seconds < 1_357_300_000 {
                runs[String(tick.text(in: zone).prefix(10)), default: 0] += 1
                moment = tick
            }
            for date in PlainDate.calendar where (2010...2012).contains(date.year) {
                func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                let text = "\(date.year)-\(two(date.month))-\(two(date.day))"
                // Apia had no 30 December 2011: its run is the first of the next day, beside that day's own.
                let isLost = name == "Pacific/Apia" && text == "2011-12-30"
                let isDouble = name == "Pacific/Apia" && text == "2011-12-31" && time != "0 0"
                #expect(runs[text] ?? 0 == (isLost ? 0 : isDouble ? 2 : 1), "\(time) on \(text)")
            }
        }
    }

    @Test(arguments: [true, false]) func offsetsAreUniform(_ isSequential: Bool) {
        var generator = SeededGenerator(seed: 9)
        var counts = [Int](repeating: 0, count: 60)
        for number in 0..<100_000 {
            let id = isSequential ? "web-\(number)" : String(generator.next(), radix: 16)
            counts[Int(Spread(hostIdentifier: id, key: "heartbeat").offset(in: 60_000) / 1000)] += 1
        }
        let expected = 100_000.0 / 60
        let square = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        // 59 degrees of freedom: 99.9 % of uniform samples stay below 98.3.
        #expect(square < 98.3)
    }

    @Test func offsetsOfTwoJobsAreUncorrelated() {
        let count = 20_000
        let pairs = (0..<count).map { number -> (Double, Double) in
            let id = "web-\(number)"
            return (
                Double(Spread(hostIdentifier: id, key: "logrotate").position) / 0x1p64,
                Double(Spread(hostIdentifier: id, key: "heartbeat").position) / 0x1p64
            )
        }
        let means = pairs.reduce((0, 0)) { ($0.0 + $1.0 / Double(count), $0.1 + $1.1 / Double(count)) }
        let sums = pairs.reduce((0.0, 0.0, 0.0)) { sums, pair in
            let (x, y) = (pair.0 - means.0, pair.1 - means.1)
            return (sums.0 + x * y, sums.1 + x * x, sums.2 + y * y)
        }
        let correlation = sums.0 / (sums.1 * sums.2).squareRoot()
        #expect(abs(correlation) < 0.03)
    }
}
