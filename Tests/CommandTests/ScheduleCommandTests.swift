import Foundation
import Testing

/// `lodestar schedule` as a user types it.
@Suite struct ScheduleCommandTests {
    static func times(_ result: Tool.Result) throws -> [String] {
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        return try #require(object?["times"] as? [String])
    }

    @Test func nextPrintsMomentsOfTheZone() throws {
        let result = Tool.lodestar(
            "schedule", "next", "30 2 * * *", "--timezone", "Europe/Berlin", "--from", "2026-03-28T12:00:00Z",
            "--count", "2", "--format", "json")
        #expect(result.status == 0)
        #expect(try Self.times(result) == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"])
        #expect(result.output.contains("\"class\": \"fixed\""))
    }

    @Test func previousPrintsTheLatestFirst() throws {
        let result = Tool.lodestar(
            "schedule", "next", "0 10 * * *", "--from", "2018-01-02T10:00:00.0005Z", "--count", "2", "--previous")
        #expect(result.output == "2018-01-02T10:00:00Z\n2018-01-01T10:00:00Z\n")
    }

    @Test func aRefusedExpressionHasACaretAndExits65() {
        let result = Tool.lodestar("schedule", "next", "0 25 * * *")
        #expect(result.status == 65)
        #expect(result.output == "")
        #expect(
            result.errors == """
                schedule:1:3: error: expected an hour from 0 to 23, found `25`
                  0 25 * * *
                    ^^

                """)
        #expect(Tool.lodestar("schedule", "next", "0 0 * * *", "--timezone", "Mars/Base").status == 65)
        #expect(Tool.lodestar("schedule", "next", "0 0 * * *", "--from", "yesterday").status == 64)
    }

    @Test func dialectsMapOntoTheOneForm() throws {
        let result = Tool.lodestar(
            "schedule", "next", "0 0 12 ? * 2", "--dialect", "quartz", "--format", "json", "--from",
            "2026-11-24T00:00:00Z")
        #expect(try Self.times(result) == ["2026-11-30T12:00:00Z"])
        #expect(result.output.contains("\"canonical\": \"0 12 * * 1\""))
    }

    @Test func spreadPrintsMilliseconds() {
        let result = Tool.lodestar(
            "schedule", "spread", "--host-id", "0123456789abcdef0123456789abcdef", "--key", "heartbeat", "--window",
            "60s")
        #expect(result.output == "57485\n")
    }

    @Test func forecastCountsEachStartOnce() throws {
        let result = Tool.lodestar(
            "schedule", "forecast", "--hosts", "500", "--for", "10m", "* * * * *", "--from", "2026-11-24T00:00:00Z")
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let starts = try #require(object?["starts"] as? [Int])
        #expect(starts.count == 600 && starts.reduce(0, +) == 5000)
        #expect((object?["peak"] as? Int ?? 0) < 40)
        let plot = Tool.lodestar(
            "schedule", "forecast", "--hosts", "500", "--for", "10m", "* * * * *", "--format", "text")
        #expect(plot.output.contains("█") && !plot.output.contains("\u{1B}"))
    }

    @Test func anImportedCrontabIsAManifest() throws {
        let folder = try Tool.folder()
        try "MAILTO=ops\n*/10 0 */2 * mon root /opt/x %hello\n61 * * * * root y\n".write(
            toFile: "\(folder)/table", atomically: true, encoding: .utf8)
        let result = Tool.lodestar("schedule", "import", "crontab", "\(folder)/table", "--system")
        #expect(result.status == 65)
        #expect(result.errors.contains("table:3: error: column 1: expected a minute from 0 to 59, found `61`"))
        #expect(result.errors.contains("table:2: note: MAILTO=ops: no mail is sent"))
        let site = try Tool.site(result.output)
        let catalog = Tool.lodestar("catalog", site, "--facts", try Self.facts())
        #expect(catalog.status == 0, "\(catalog.errors)")
        #expect(catalog.output.contains("\"*/10 0 1-31/2 * +1\""))
    }

    @Test func anImportedTimerIsAManifest() throws {
        let folder = try Tool.folder()
        try "[Timer]\nOnCalendar=Mon..Fri *-*-* 02:30\nPersistent=true\nRandomizedDelaySec=10m\n".write(
            toFile: "\(folder)/backup.timer", atomically: true, encoding: .utf8)
        let result = Tool.lodestar("schedule", "import", "timer", "\(folder)/backup.timer")
        #expect(result.status == 0)
        let catalog = Tool.lodestar("catalog", try Tool.site(result.output), "--facts", try Self.facts())
        #expect(catalog.output.contains("\"30 2 * * 1-5\"") && catalog.output.contains("backup.service"))
    }

    static func facts() throws -> String {
        let path = try Tool.folder() + "/facts.json"
        try #"{"id": "a", "hostname": "a"}"#.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }
}
