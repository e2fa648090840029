import Foundation
import Model
@testable import Scheduling
import SchedulingOracle
import Testing
import TimeZones
import TestSupport

/// Broken input is refused or read, and never ends the process; the same seeds each time.
@Suite struct MutationTests {
    /// Some bytes of the text exchanged, taken out, doubled.
    static func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...2, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.remove(at: index)
            case 2: bytes.insert(bytes[index], at: index)
            case 3:
                bytes[index] =
                    [0x2A, 0x2F, 0x2D, 0x2C, 0x39, 0x48, 0x4C, 0x57, 0x23, 0x2B].randomElement(using: &generator) ?? 0
            default: bytes.removeLast(min(bytes.count, Int.random(in: 1...8, using: &generator)))
            }
        }
        return bytes
    }

    @Test func brokenExpressionsAreRefusedOrRead() {
        var generator = SeededGenerator(seed: 11), readCount = 0
        let texts = [
            "*/5 0-23/2 L-3,15W * 1#2", "0 0 0 1 1 ? 2030-2040/2", "H(0-29)/7 H * * H", "every: 1h30m", "@daily",
            "59 59 23 LW 12 5L", "99999999999999999999/99999999999999999999 * * * *", "1-L/8 * 1-L jan-dec mon-fri#1",
        ]
        for _ in 0..<6000 {
            let text = texts.randomElement(using: &generator) ?? ""
            let broken = String(decoding: Self.mutated(Array(text.utf8), using: &generator), as: UTF8.self)
            let dialect = Dialect.allCases.randomElement(using: &generator) ?? .lodestar
            do {
                let expression = try ScheduleExpression(broken, dialect: dialect)
                _ = Timetable(expression, hostIdentifier: "h", key: "k").next(
                    after: Instant(milliseconds: .random(in: .min ... .max, using: &generator)))
                #expect(
                    (try? ScheduleExpression(expression.text))?.text == expression.text, "`\(broken)` in \(dialect)")
                readCount += 1
            } catch {
                #expect(error.column >= 1 && error.column <= broken.count + 1, "`\(broken)`")
                #expect(error.excerpt(of: broken).contains("^"))
            }
        }
        #expect(readCount > 200)
    }

    @Test func brokenZoneFilesAreRefusedOrRead() throws {
        let file = Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Africa/Cairo")))
        var generator = SeededGenerator(seed: 12), readCount = 0
        for _ in 0..<1500 {
            guard let zone = ScheduleZone("broken", file: Self.mutated(file, using: &generator)) else { continue }
            readCount += 1
            let table = Timetable(try ScheduleExpression("30 2 * * *"), zone: zone)
            var moment = Instant(seconds: 1_200_000_000)
            for _ in 0..<50 {
                guard let next = table.next(after: moment) else { break }
                #expect(next > moment)
                moment = next
            }
            _ = table.count(after: Instant(milliseconds: .min), through: Instant(milliseconds: .max))
        }
        #expect(readCount > 50)
    }

    @Test func brokenTablesAndUnitsAreReadWithoutHarm() {
        let crontab =
            "SHELL=/bin/bash\nMAILTO=x\n*/10 0 1 * mon root /opt/x %a\\%b\n@daily www y \"${{ z }}\"\n# c\n1 2 3 4 5 u c\n"
        let timer =
            "[Timer]\nOnCalendar=Mon..Fri *-*~1..3 9..17/2:00:30 Europe/Berlin\nOnUnitActiveSec=1h 30min\nPersistent=yes\n"
        var generator = SeededGenerator(seed: 13)
        for round in 0..<2000 {
            let bytes = Self.mutated(Array((round % 2 == 0 ? crontab : timer).utf8), using: &generator)
            let imported =
                round % 2 == 0
                ? ImportedSchedules(crontab: bytes, hasUsers: round % 4 == 0, user: "root")
                : ImportedSchedules(timer: bytes, name: "a.timer")
            for job in imported.jobs { #expect(job.definition.problems.isEmpty) }
            _ = imported.manifest
        }
    }

    @Test func brokenDefinitionsAreRefusedOrRead() {
        let text =
            #"{"format": 1, "name": "a", "cron": "0 2 * * *", "run": "a\u00e9\ud83d\ude00", "limits": {"nofile": 1024, "core": "unlimited"}, "memory": "64M", "overlap": {"allow": 2}, "retry": {"max": 2, "backoff": "5s"}, "env": {"A": "b"}, "secrets": ["A"]}"#
        #expect(throws: Never.self) { try ScheduleDefinition(file: Array(text.utf8)) }
        var generator = SeededGenerator(seed: 14)
        for _ in 0..<3000 {
            let bytes = Self.mutated(Array(text.utf8), using: &generator)
            guard let definition = try? ScheduleDefinition(file: bytes) else { continue }
            #expect((try? ScheduleDefinition(file: Array(definition.fileText.utf8))) == definition)
        }
    }
}
