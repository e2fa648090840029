import ArgumentParser
import Scheduling
import SystemCalls
import TimeZones

/// `lodestar schedule`: when schedules run.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule", abstract: "Shows when schedules run and how they ran.",
        subcommands: [
            ScheduleNext.self, ScheduleSpread.self, ScheduleForecast.self, ScheduleImport.self, ScheduleList.self,
            ScheduleHistory.self, ScheduleRun.self,
        ])
}

/// The time zones of this machine.
enum ScheduleZones {
    /// A zone by its IANA name, `UTC`, an offset such as `+05:30`, or `local`; an unknown one is reported and exits 65.
    static func zone(_ name: String) throws -> ScheduleZone {
        if let zone = ScheduleZone(fixed: name) { return zone }
        if name == "local" {
            guard let bytes = try? LocalFiles.contents(of: "/etc/localtime", limit: 1 << 20),
                let zone = ScheduleZone("local", file: bytes)
            else { throw refusal("expected a zone in /etc/localtime, found none", hint: "without it UTC is in force") }
            return zone
        }
        for candidate in [name, ZoneNames.present(name)].compactMap({ $0 }) {
            guard let bytes = TimeZoneFiles.contents(candidate) else { continue }
            guard let zone = ScheduleZone(name, file: bytes) else {
                throw refusal(
                    "expected a zone file (RFC 8536) at /usr/share/zoneinfo/\(candidate), found something else")
            }
            return zone
        }
        let isInstalled = LocalFiles.exists("/usr/share/zoneinfo")
        throw refusal(
            "expected a time zone of the IANA database, found `\(name)`",
            hint: isInstalled
                ? "such as Europe/Berlin, or UTC, local, +05:30" : "/usr/share/zoneinfo is missing: install tzdata")
    }

    private static func refusal(_ message: String, hint: String? = nil) -> ExitCode {
        Terminal.report("timezone: error: \(message)")
        if let hint { Terminal.report("  hint: \(hint)") }
        return ExitStatus.refused
    }
}

/// Reading what stands on the command line.
enum ScheduleText {
    /// An expression; a refused one is shown with a caret and exits 65, what is odd about it is shown as a warning.
    static func expression(_ text: String, dialect: Dialect) throws -> ScheduleExpression {
        do throws(ScheduleError) {
            let expression = try ScheduleExpression(text, dialect: dialect)
            for warning in expression.warnings { report(warning, in: text, "warning") }
            return expression
        } catch {
            report(error, in: text, "error")
            throw ExitStatus.refused
        }
    }

    private static func report(_ error: ScheduleError, in text: String, _ severity: String) {
        Terminal.report("schedule:1:\(error.column): \(severity): \(error.message)")
        Terminal.report(error.excerpt(of: text))
        if let hint = error.hint { Terminal.report("  hint: \(hint)") }
    }

    /// A moment in RFC 3339; now without one. Anything else is a usage error.
    static func moment(_ text: String?, roundingUp: Bool = false) throws -> Instant {
        guard let text else { return Instant(seconds: SystemClock.seconds) }
        guard let moment = Instant(text, roundingUp: roundingUp) else {
            throw ValidationError("--from: expected a moment such as 2026-03-29T02:30:00+01:00, found `\(text)`")
        }
        return moment
    }
}
