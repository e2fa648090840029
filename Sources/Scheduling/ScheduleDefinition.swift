public import Model

/// The whole record of one schedule: what runs, as whom, when and with which policies.
///
/// A manifest's resource writes it to `/etc/lodestar/schedules.d/NAME.json`; the agent reads it back with no site
/// present. Omitted properties have the defaults of `init()`.
public struct ScheduleDefinition: Sendable, Hashable {
    public var name = ""
    public var cron: CronText?
    public var every: Duration?
    public var after: Duration?
    /// An IANA name, `UTC` or `local` (what /etc/localtime says).
    public var timezone = "UTC"
    public var dst = DaylightRule()
    public var spread = SpreadChoice.automatic
    public var spreadKey: String?
    /// A text for /bin/sh.
    public var run: String?
    /// A program and its arguments; no shell sees them.
    public var argv: [String]?
    public var user = Owner.name(.root)
    /// nil: the user's own groups.
    public var groups: [AccountName]?
    public var cwd = AbsolutePath.root
    public var umask = FileMode(Permissions(0o022))
    public var env = SecretMap()
    public var limits = ProcessLimits()
    public var nice = 0
    public var ioClass = IOClass.none
    public var cpu: CPUShare?
    public var memory: ByteSize?
    public var timeout: Duration?
    public var killAfter = Duration.seconds(10)
    public var overlap = OverlapPolicy.skip
    public var group: String?
    public var catchUp = CatchUp.automatic
    public var retry = RetryPolicy()
    public var onAmbiguity = AmbiguityPolicy.skip
    /// Whether what the runs print is kept; nil: unless the declaration holds a secret.
    public var keepOutput: Bool?
    public var enabled = true

    public init() {}

    /// Whether what the runs print is kept.
    public var keepsOutput: Bool { keepOutput ?? !hasSecrets }

    /// The expression of `cron`, `every` or `after`; nil where none or an impossible one is set.
    public var expression: ScheduleExpression? {
        if let cron { return cron.expression }
        if let every { return ScheduleExpression(every: every) }
        return after.flatMap { ScheduleExpression(after: $0) }
    }

    /// The program: `argv`, or `run` for the shell; nil where neither is set.
    public var line: CommandLine? {
        if let argv { return .arguments(argv) }
        return run.map { .shell($0) }
    }

    /// The key of the schedule's spread.
    public var effectiveSpreadKey: String { spreadKey ?? name }

    /// The directory of the definitions, below the managed root.
    public static let folder = "/\(OwnPaths.schedules)"

    /// The file that holds the definition of a name.
    public static func path(ofName name: String) -> String { "\(folder)/\(name).json" }

    /// Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 64 characters.
    public static func isName(_ text: String) -> Bool {
        text.utf8.first?.isASCIIWord == true && text.utf8.count <= 64 && text.isASCIIWord(or: "_-.")
    }
}

extension ScheduleDefinition {
    /// What is wrong with the record as a whole, in the words of diagnostics.
    public var problems: [Problem] {
        var problems: [Problem] = []
        if !Self.isName(name) {
            problems.append(
                Problem(
                    at: "name",
                    "expected a name of letters, digits, `_`, `-` and `.`, at most 64, found `\(name.prefix(80))`"))
        }
        let given = [("cron", cron != nil), ("every", every != nil), ("after", after != nil)].filter(\.1).map(\.0)
        if given.isEmpty { problems.append("expected exactly one of cron, every and after, found none") }
        if given.count > 1 {
            problems.append(Problem(at: given[1], "expected exactly one of cron, every and after, found several"))
        }
        for (property, length) in [("every", every), ("after", after)] {
            if let length, ScheduleExpression(every: length) == nil {
                problems.append(Problem(property, "expected whole seconds from 1s to 366d, found \(length.text)"))
            }
        }
        problems += CommandLine.problems(run: run, argv: argv)
        if let run, run.isEmpty { problems.append(Problem("run", "expected a command, found nothing")) }
        if let argv, argv.first.map({ !$0.hasPrefix("/") }) ?? true {
            problems.append(Problem("argv", "expected an absolute path of a program first"))
        }
        if !Self.isZoneName(timezone) {
            problems.append(
                Problem("timezone", "expected UTC, local or a name such as Europe/Berlin, found `\(timezone)`"))
        }
        if let spreadKey, spreadKey.isEmpty || spreadKey.utf8.count > 200 {
            problems.append(Problem("spread_key", "expected 1 to 200 bytes"))
        }
        if !(-20...19).contains(nice) { problems.append(Problem("nice", "expected -20 to 19, found \(nice)")) }
        if let group, !Self.isName(group) {
            problems.append(Problem("group", "expected a name like a schedule's, found `\(group)`"))
        }
        if let timeout, timeout < .seconds(1) { problems.append(Problem("timeout", "expected at least 1s")) }
        if killAfter > .seconds(3600) {
            problems.append(Problem("kill_after", "expected at most 1h, found \(killAfter.text)"))
        }
        if let memory, memory.bytes < 1 << 20 {
            problems.append(Problem("memory", "expected at least 1M, found \(memory.text)"))
        }
        for entry in env.entries where !Self.isVariable(entry.name) {
            problems.append(Problem("env", "expected the name of a variable, found `\(entry.name)`"))
        }
        return problems
    }

    static func isZoneName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64 && !text.hasPrefix("/") && !text.contains("..")
            && text.isASCIIWord(or: "/_+-")
    }

    static func isVariable(_ name: String) -> Bool {
        name.utf8.count <= 200 && name.isVariableName
    }
}
