import Glibc
import Model
import Scheduling
import SchedulingOracle
import TestSupport

/// Measures the calculation of schedules, or compares it with brute force around every transition:
/// `schedule-bench bench`, `schedule-bench brute [EXPRESSIONS PER TRANSITION] [SEED]`.
func zone(_ name: String) -> ScheduleZone? {
    guard let file = fopen("/usr/share/zoneinfo/\(name)", "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return ScheduleZone(name, file: Array(bytes[..<count]))
}

func nanoseconds() -> UInt64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

let names = [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Asia/Tehran",
    "America/Sao_Paulo", "Antarctica/Troll",
]

func brute(perTransition: Int, seed: UInt64) -> Int32 {
    var generator = SeededGenerator(seed: seed), checked = 0, wrong = 0
    for name in names {
        guard let zone = zone(name) else {
            print("no zone \(name)")
            return 1
        }
        let transitions = zone.transitions.filter { (946_944_000..<2_145_000_000).contains($0) }
        for moment in transitions {
            for round in 0..<perTransition {
                let expression = PlainExpression.random(isNight: round % 8 != 7, using: &generator)
                let rule = DaylightRule(
                    gap: Bool.random(using: &generator) ? .run : .skip,
                    overlap: Bool.random(using: &generator) ? .once : .twice)
                checked += 1
                if let difference = BruteForce.difference(expression, zone, rule, around: moment, reach: 129_600) {
                    print(difference)
                    wrong += 1
                }
            }
        }
        print("\(name): \(transitions.count) transitions")
    }
    print("\(checked) comparisons over three days each, \(wrong) differ (seed \(seed))")
    return wrong == 0 ? 0 : 1
}

func bench() {
    guard let berlin = zone("Europe/Berlin") else { return print("no zone Europe/Berlin") }
    var generator = SeededGenerator(seed: 1)
    let starts = (0..<1000).map { _ in
        Instant(seconds: Int64.random(in: 1_700_000_000..<1_900_000_000, using: &generator))
    }
    let texts = [
        "* * * * *", "*/5 * * * *", "30 2 * * *", "0 9 * * mon-fri", "*/10 * * * * *", "0 0 1 1 *", "15 3 L * *",
        "0 12 15W * *", "0 0 29 2 *", "0 0 29 2 mon#5", "0 0 0 29 2 +1 2100-2199",
    ]
    for text in texts {
        guard let expression = try? ScheduleExpression(cron: text) else { continue }
        let table = Timetable(expression, zone: berlin)
        var worst: UInt64 = 0, sum: Int64 = 0
        let began = nanoseconds()
        for _ in 0..<20 { for start in starts { sum &+= table.next(after: start)?.seconds ?? 0 } }
        let typical = (nanoseconds() - began) / 20_000
        for start in starts {
            // The best of five: what else the machine does is not ours.
            var best = UInt64.max
            for _ in 0..<5 {
                let one = nanoseconds()
                sum &+= table.next(after: start)?.seconds ?? 0
                best = min(best, nanoseconds() - one)
            }
            worst = max(worst, best)
        }
        print("next `\(text)`: \(typical) ns, worst \(worst) ns (\(sum & 1))")
    }
    let plan = (try? ScheduleExpression(cron: "* * * * *")).map { RunPlan($0, hostIdentifier: "a", key: "b") }
    let began = nanoseconds()
    let count = plan?.count(after: Instant(seconds: 0), through: Instant(seconds: 4_000_000_000)) ?? 0
    print("count of \(count) missed runs: \(nanoseconds() - began) ns")
    load(berlin)
}

/// Reads 10,000 definitions and lays out their runs, as the agent does when it starts.
func load(_ berlin: ScheduleZone) {
    let files = (0..<10_000).map { number in
        let cron = ["* * * * *", "\(number % 60) \(number % 24) * * *", "*/\(number % 29 + 1) * * * *"][number % 3]
        return Array(
            """
            {"format": 1, "name": "job-\(number)", "cron": "\(cron)", "timezone": "Europe/Berlin",
             "run": "/opt/ops/job \(number)", "user": "nobody", "timeout": "1h", "overlap": "queue"}
            """.utf8)
    }
    let before = residentBytes(), began = nanoseconds()
    var jobs: [(ScheduleDefinition, RunPlan)] = [], soonest = Instant(milliseconds: .max)
    for file in files {
        guard let definition = try? ScheduleDefinition(file: file),
            let plan = RunPlan(definition, hostIdentifier: "0123456789abcdef", zone: berlin)
        else { return print("a definition is refused") }
        if let run = plan.nextRun(after: Instant(seconds: 1_800_000_000)) { soonest = min(soonest, run.start) }
        jobs.append((definition, plan))
    }
    let milliseconds = (nanoseconds() - began) / 1_000_000
    print("load of \(jobs.count) definitions: \(milliseconds) ms (\(soonest.text()))")
    print("memory of a definition and its plan: \((residentBytes() - before) / jobs.count) bytes")
}

/// The resident memory of this process (proc_pid_statm(5)).
func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 100)
    guard fgets(&text, 100, file) != nil else { return 0 }
    let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
        separator: " ")
    return (words.count > 1 ? Int(words[1]) ?? 0 : 0) * 4096
}

let arguments = Swift.CommandLine.arguments
switch arguments.dropFirst().first {
case "bench": bench()
case "brute":
    let count = arguments.count > 2 ? Int(arguments[2]) ?? 20 : 20,
        seed = arguments.count > 3 ? UInt64(arguments[3]) ?? 1 : 1
    exit(brute(perTransition: count, seed: seed))
default: print("usage: schedule-bench bench | brute [N] [SEED]")
}
