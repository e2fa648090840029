import Model

extension ImportedSchedules {
    /// The known facts of the host that a table comes from.
    public struct CronHost: Sendable {
        /// The time zone that its cron runs in, such as `Europe/Berlin` or `local`; nil where nothing is known.
        public var zone: String?
        /// Its accounts; nil where nothing is known.
        public var accounts: Set<String>?

        public init(zone: String? = nil, accounts: Set<String>? = nil) {
            self.zone = zone
            self.accounts = accounts
        }
    }

    /// Reads a crontab as Debian's cron does (crontab(5)), with what cronie's has more.
    ///
    /// - Parameters:
    ///   - hasUsers: whether a user stands before each command, as in /etc/crontab and /etc/cron.d.
    ///   - user: whose table it is otherwise.
    public init(crontab bytes: [UInt8], hasUsers: Bool, user: String, on host: CronHost = CronHost()) {
        guard bytes.count <= Self.limits.bytes else {
            problems.append(Problem(line: 1, message: "expected at most 1 MiB, found more"))
            return
        }
        generalDifferences = [
            "cron starts a job again while it still runs; here the tick is skipped (`overlap: {allow: 2}` to change it)",
            "cron mails what a job prints; here it is kept with the run (`lodestar schedule history`)",
            "cron starts in the user's home with PATH=/usr/bin:/bin; here in `cwd` with the agent's clean environment",
            "cron starts up to seconds after the minute, here it is the very second; all hosts at once, "
                + "unless `spread: off` is taken away",
        ]
        if bytes.contains(0x0D) {
            generalDifferences.append(
                "the file has carriage returns at its line ends, which cron takes for a part of each command; they are left out"
            )
        }
        var environment: [(name: String, value: String)] = []
        let text = String(
            decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...], as: UTF8.self)
        for (index, text) in text.textLines(omittingEmpty: false).enumerated() {
            let line = text.drop { $0 == " " || $0 == "\t" }
            if line.isEmpty || line.first == "#" { continue }
            if let assignment = Self.assignment(line) {
                environment.removeAll { $0.name == assignment.name }
                if environment.count < 200 { environment.append(assignment) }
                continue
            }
            guard jobs.count < Self.limits.jobs else {
                problems.append(Problem(line: index + 1, message: "expected at most \(Self.limits.jobs) jobs"))
                return
            }
            add(
                String(line.prefix(4000)), line: index + 1, hasUsers: hasUsers, user: user, environment,
                on: host)
        }
        if let last = bytes.last, last != 0x0A, !jobs.isEmpty {
            generalDifferences.append("Debian's cron ignores a file whose last line does not end; here it counts")
        }
        if !problems.isEmpty, !jobs.isEmpty {
            generalDifferences.append(
                "Debian's cron ignores a whole file for one line that it cannot read; here the others count")
        }
    }

    /// Reads `NAME = value`, also in quotes (cron's load_env); nil for anything else.
    private static func assignment(_ line: Substring) -> (name: String, value: String)? {
        guard let equals = line.firstIndex(of: "=") else { return nil }
        func unquoted(_ text: Substring) -> String {
            var text = text.trimmed
            if let first = text.first, text.count >= 2, first == "'" || first == "\"", text.last == first {
                text = String(text.dropFirst().dropLast())
            }
            return text
        }
        let name = unquoted(line[..<equals])
        guard ScheduleDefinition.isVariable(name) else { return nil }
        return (name, unquoted(line[line.index(after: equals)...]))
    }

    private mutating func add(
        _ text: String, line: Int, hasUsers: Bool, user: String, _ environment: [(name: String, value: String)],
        on host: CronHost
    ) {
        var rest = Substring(text)
        func word() -> String {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            let word = rest.prefix { $0 != " " && $0 != "\t" }
            rest = rest.dropFirst(word.count)
            return String(word)
        }
        var differences: [String] = []
        if rest.first == "-", rest.dropFirst().first.map({ !" \t".contains($0) }) == true {
            rest = rest.dropFirst()
            differences.append("`-` before the fields keeps cronie from logging the job; here each run is recorded")
        }
        let isMacro = rest.first == "@"
        let fields = (0..<(isMacro ? 1 : 5)).map { _ in word() }
        let owner = hasUsers ? word() : user
        let command = String(rest.drop { $0 == " " || $0 == "\t" })
        let schedule = fields.joined(separator: " ")
        let isRandom = !isMacro && schedule.contains("~")
        do throws(ScheduleError) {
            var expression = try ScheduleExpression(cron: schedule, dialect: isRandom ? .cronie : .debian)
            if isMacro, let macro = CronParser.macros[schedule.lowercased()], schedule.lowercased() != "@minutely" {
                // A macro would be spread over its whole period.
                expression = try ScheduleExpression(cron: macro.fields)
            }
            guard !command.isEmpty else {
                problems.append(Problem(line: line, message: "expected a command, found nothing"))
                return
            }
            guard let account = AccountName(owner) else {
                problems.append(Problem(line: line, message: "expected a user, found `\(owner.prefix(40))`"))
                return
            }
            if let accounts = host.accounts, !accounts.contains(owner) {
                problems.append(
                    Problem(line: line, message: "expected a user of this host, found `\(owner.prefix(40))`"))
                return
            }
            var definition = ScheduleDefinition(name: name(from: command), expression)
            definition.user = .name(account)
            definition.catchUp = expression.timing == .reboot ? .automatic : .skip
            definition.spread = expression.timing == .reboot ? .automatic : .off
            if !isMacro, expression.text.contains("+") {
                differences.append("cron reads both day fields where one begins with `*`: written as `+`")
            }
            if isRandom {
                differences.append(
                    "cronie draws a value for `~` when it reads the table, here it is each host's own and stays")
            }
            if fields.contains(where: { field in
                field.split(separator: ",").contains {
                    $0.contains("/") && !$0.contains("-") && !$0.contains("~") && $0.first != "*"
                }
            }) {
                differences.append(
                    "`a/n` without a range is not described by crontab(5), and Debian's cron ignores a file with it: "
                        + "here it runs to the field's end")
            }
            if fields.contains(where: { $0.contains("?") }) || isMacro && schedule != schedule.lowercased() {
                differences.append(
                    "Debian's cron does not read `\(schedule)`, and ignores a file with it: here it counts")
            }
            let hasZone = expression.timing != .reboot && host.zone != nil
            if hasZone, let zone = host.zone { definition.timezone = zone }
            if let zone = environment.last(where: { $0.name == "CRON_TZ" })?.value, expression.timing != .reboot {
                guard ScheduleDefinition.isZoneName(zone) else {
                    problems.append(
                        Problem(line: line, message: "CRON_TZ: expected a time zone, found `\(zone.prefix(40))`"))
                    return
                }
                definition.timezone = zone
            }
            differences += apply(environment, to: &definition)
            differences += Self.set(command, in: &definition, shell: environment.last { $0.name == "SHELL" }?.value)
            if let problem = definition.problems.first {
                problems.append(Problem(line: line, message: problem.text))
                return
            }
            jobs.append(
                Job(definition: definition, line: line, source: text, differences: differences, hasZone: hasZone))
        } catch {
            problems.append(Problem(line: line, message: "column \(error.column): \(error.message)"))
        }
    }

    /// Takes the table's variables over; some of them steer cron itself.
    private func apply(
        _ environment: [(name: String, value: String)], to definition: inout ScheduleDefinition
    ) -> [String] {
        var differences: [String] = []
        for (name, value) in environment {
            switch name {
            case "MAILTO", "MAILFROM":
                if !value.isEmpty { differences.append("\(name)=\(value): no mail is sent") }
            case "SHELL": continue
            case "CRON_TZ": differences.append("CRON_TZ is cronie's; Debian's cron does not know it")
            case "TZ":
                differences.append("TZ=\(value) is the command's only: cron's own zone decides when it runs, here too")
                definition.env.entries.append(EnvironmentEntry(name, Content(value)))
            case "RANDOM_DELAY":
                differences.append("RANDOM_DELAY=\(value): a random delay of cronie; here `spread` gives a stable one")
            case "HOME":
                if let path = AbsolutePath(value) { definition.cwd = path }
                definition.env.entries.append(EnvironmentEntry(name, Content(value)))
            default: definition.env.entries.append(EnvironmentEntry(name, Content(value)))
            }
        }
        return differences
    }

    /// What stands after a `%` is the command's input, `\%` is a percent sign (crontab(5)).
    private static func set(_ command: String, in definition: inout ScheduleDefinition, shell: String?) -> [String] {
        var parts = [""], isEscaped = false, differences: [String] = []
        for character in command {
            if character == "%", !isEscaped {
                parts.append("")
            } else if character == "%" {
                parts[parts.count - 1].removeLast()
                parts[parts.count - 1].append("%")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        var line = parts[0]
        if parts.count > 1 {
            let words = parts.dropFirst().map { "'\($0.replacing("'", with: "'\\''"))'" }.joined(separator: " ")
            line = "printf '%s\\n' \(words) | (\(line))"
            differences.append("the input after `%` comes through a pipe: standard input is closed here")
        }
        guard let shell, shell != "/bin/sh" else {
            definition.run = line
            return differences
        }
        definition.argv = [shell, "-c", line]
        return differences
    }
}
