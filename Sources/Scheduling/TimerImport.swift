import Model

extension ImportedSchedules {
    /// Reads a timer unit of systemd (systemd.timer(5)); a job starts the unit that the timer would start.
    ///
    /// - Parameters:
    ///   - name: the unit's file name, such as `backup.timer`.
    ///   - dropIns: the files of its `.d` directories in the order in which systemd reads them (systemd.unit(5)).
    public init(timer bytes: [UInt8], name: String, dropIns: [(path: String, bytes: [UInt8])] = []) {
        guard bytes.count + dropIns.reduce(0, { $0 + $1.bytes.count }) <= Self.limits.bytes else {
            problems.append(Problem(line: 1, message: "expected at most 1 MiB, found more"))
            return
        }
        generalDifferences = [
            "a run ends when `systemctl start` returns: for services that are not `Type=oneshot` that is at once",
            "systemd's timers are seen by `systemctl list-timers`; these by `lodestar schedule list`",
        ]
        if name.hasSuffix("@.timer") {
            problems.append(
                Problem(
                    line: 0,
                    message: "expected a timer or an instance such as `\(name.dropLast(6))name.timer`, found a template"
                ))
            return
        }
        var settings = Self.settings(String(decoding: bytes, as: UTF8.self), after: [], file: nil)
        for dropIn in dropIns {
            settings = Self.settings(String(decoding: dropIn.bytes, as: UTF8.self), after: settings, file: dropIn.path)
        }
        let base = name.hasSuffix(".timer") ? String(name.dropLast(6)) : name
        func last(_ key: String) -> Setting? { settings.last { $0.key == key } }
        let unit = last("Unit")?.value ?? "\(base).service"
        var common: [String] = []
        if settings.contains(where: { $0.value.contains("%") }) {
            common.append("specifiers such as `%i` are not expanded")
        }
        if Self.isTrue(last("WakeSystem")) { common.append("WakeSystem: the machine is not woken") }
        let accuracy = last("AccuracySec")?.value ?? "1min"
        common.append("AccuracySec=\(accuracy): systemd may start that much later, here it is the very second")
        var spread = SpreadChoice.off
        if let delay = last("RandomizedDelaySec") {
            if let span = Self.span(delay.value), span > .zero {
                spread = .window(span)
                if !Self.isTrue(last("FixedRandomDelay")) {
                    common.append("RandomizedDelaySec is drawn anew for each run, here it is each host's stable offset")
                }
            } else if Self.span(delay.value) == nil {
                problems.append(
                    Problem(
                        file: delay.file, line: delay.line,
                        message: "expected a time span, found `\(delay.value.prefix(40))`"))
            }
        }
        let isPersistent = Self.isTrue(last("Persistent"))
        for setting in settings.prefix(Self.limits.jobs) {
            guard var (definition, differences) = job(setting) else { continue }
            definition.name = self.name(from: base)
            definition.argv = ["/usr/bin/systemctl", "start", unit]
            if setting.key == "OnCalendar" {
                definition.spread = spread
                definition.catchUp = isPersistent ? .once : .skip
            } else if definition.every != nil {
                definition.spread = spread
            }
            if let problem = definition.problems.first {
                problems.append(Problem(file: setting.file, line: setting.line, message: problem.text))
                continue
            }
            differences += common
            jobs.append(
                Job(
                    definition: definition, file: setting.file, line: setting.line,
                    source: "\(setting.key)=\(setting.value)", differences: differences, hasZone: true))
        }
        if jobs.isEmpty, problems.isEmpty {
            problems.append(Problem(line: 1, message: "expected OnCalendar or another On...Sec in [Timer], found none"))
        }
    }

    private struct Setting {
        var key: String, value: String, line: Int
        /// The drop-in; nil for the unit itself.
        var file: String?
    }

    /// Triggers are one list: an empty value of any of them empties it (systemd.timer(5)).
    private static let triggers: Set<String> = [
        "OnCalendar", "OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec",
    ]

    /// The settings of `[Timer]` after those of other files; an empty value takes back what stands before it
    /// (systemd.syntax(7)).
    private static func settings(_ text: String, after known: [Setting], file: String?) -> [Setting] {
        var settings = known, isTimer = false, rest = text.textLines(omittingEmpty: false).enumerated().makeIterator()
        while let (index, raw) = rest.next() {
            guard settings.count < limits.jobs else { break }
            var line = String(raw.drop { $0.isWhitespace }.prefix(4000))
            if line.isEmpty || line.first == "#" || line.first == ";" { continue }
            // A line goes on behind a backslash, with comments between.
            while line.hasSuffix("\\"), line.utf8.count < 8000, let (_, next) = rest.next() {
                let more = next.drop { $0.isWhitespace }
                if more.first == "#" || more.first == ";" { continue }
                line = line.dropLast() + " " + more
            }
            if line.first == "[" {
                isTimer = line.hasPrefix("[Timer]")
                continue
            }
            guard isTimer, let equals = line.firstIndex(of: "=") else { continue }
            let key = line[..<equals].trimmed, value = line[line.index(after: equals)...].trimmed
            if !value.isEmpty {
                settings.append(Setting(key: key, value: value, line: index + 1, file: file))
            } else if triggers.contains(key) {
                settings.removeAll { triggers.contains($0.key) }
            } else {
                settings.removeAll { $0.key == key }
            }
        }
        return settings
    }

    /// The record of one trigger; nil for settings that are no trigger.
    private mutating func job(_ setting: Setting) -> (ScheduleDefinition, [String])? {
        var definition = ScheduleDefinition(), differences: [String] = []
        switch setting.key {
        case "OnCalendar":
            do throws(ScheduleError) {
                let calendar = try SystemdCalendarParser.parse(setting.value)
                guard let fields = calendar.cron else {
                    throw ScheduleError(expected: "whole seconds", found: "`\(setting.value.prefix(40))`", column: 1)
                }
                definition.cron = CronText(try ScheduleExpression(cron: fields.text))
                definition.timezone = calendar.zone ?? "local"
                definition.dst = DaylightRule(gap: .skip)
            } catch {
                problems.append(
                    Problem(file: setting.file, line: setting.line, message: "column \(error.column): \(error.message)")
                )
                return nil
            }
        case "OnUnitActiveSec", "OnUnitInactiveSec":
            guard let span = Self.span(setting.value), let whole = Self.whole(span) else {
                problems.append(
                    Problem(
                        file: setting.file, line: setting.line,
                        message: "expected a time span from 1s to 366d, found `\(setting.value.prefix(40))`"))
                return nil
            }
            if setting.key == "OnUnitActiveSec" {
                definition.every = whole
                differences.append("systemd counts from the last activation, here ticks are whole multiples from 1970")
            } else {
                definition.after = whole
            }
            if whole != span { differences.append("fractions of a second are rounded up") }
        case "OnBootSec", "OnStartupSec":
            guard let expression = try? ScheduleExpression(cron: "@reboot") else { return nil }
            definition.cron = CronText(expression)
            differences.append("\(setting.key)=\(setting.value): here it runs once for each boot when the agent starts")
        case "OnActiveSec", "OnClockChange", "OnTimezoneChange":
            problems.append(
                Problem(file: setting.file, line: setting.line, message: "there is nothing like \(setting.key) here"))
            return nil
        default: return nil
        }
        return (definition, differences)
    }

    private static func whole(_ span: Duration) -> Duration? {
        let (seconds, rest) = span.components
        let rounded = Duration.seconds(rest > 0 ? seconds + 1 : seconds)
        return ScheduleExpression(every: rounded) == nil ? nil : rounded
    }

    private static func isTrue(_ setting: Setting?) -> Bool {
        ["1", "yes", "y", "true", "t", "on"].contains(setting?.value.lowercased() ?? "")
    }

    /// A time span such as `1h 30min` or `90` (seconds); nil for anything else (systemd.time(7)).
    static func span(_ text: String) -> Duration? {
        let units: [String: Int64] = [
            "": 1_000_000, "s": 1_000_000, "sec": 1_000_000, "second": 1_000_000, "seconds": 1_000_000, "us": 1,
            "usec": 1, "µs": 1, "μs": 1, "ms": 1000, "msec": 1000, "m": 60_000_000, "min": 60_000_000,
            "minute": 60_000_000, "minutes": 60_000_000, "h": 3_600_000_000, "hr": 3_600_000_000,
            "hour": 3_600_000_000, "hours": 3_600_000_000, "d": 86_400_000_000, "day": 86_400_000_000,
            "days": 86_400_000_000, "w": 604_800_000_000, "week": 604_800_000_000, "weeks": 604_800_000_000,
            "M": 2_629_800_000_000, "month": 2_629_800_000_000, "months": 2_629_800_000_000,
            "y": 31_557_600_000_000, "year": 31_557_600_000_000, "years": 31_557_600_000_000,
        ]
        var rest = text.drop { $0 == " " }, total: Int64 = 0
        guard !rest.isEmpty, rest.count <= 200 else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count).drop { $0 == " " }
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count).drop { $0 == " " }
            guard digits.count <= 12, let factor = units[String(unit)], let number = Double(digits), number >= 0 else {
                return nil
            }
            let product = number * Double(factor)
            guard product < 4e18 else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(Int64(product))
            if overflow { return nil }
            total = sum
        }
        return .microseconds(total)
    }
}
