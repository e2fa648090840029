public import Model
import Scheduling

/// A check of the host that runs by a schedule and tells its state as a metric.
public struct Check: Expandable {
    public var name = PlainName.none
    public var run: String?
    public var argv: [String]?
    public var script: PlainName?
    public var every = Duration.seconds(60)
    public var timeout = Duration.seconds(30)
    public var user = Owner.name(.nobody)
    public var format = CheckFormat.exit
    public var directory = Self.standardDirectory

    public init() {}

    public static let typeName = "check"
    public static let doc = """
        A check that the agent runs by the schedule `check-NAME`; its state, what it measured, how long it took and when it ended \
        are metrics of node_exporter's textfile collector. Exactly one of `run`, `argv` and `script` says what runs.
        """
    public static let fields: [Field<Check>] = [
        Field(
            "name", always: \.name, .key,
            doc: "Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 58.", examples: ["disk"]),
        Field("run", \.run, .parameter, doc: "A text for /bin/sh.", examples: ["df --output=pcent /srv | tail -1"]),
        Field(
            "argv", \.argv, .parameter, doc: "A program by its absolute path and its arguments; no shell sees them.",
            examples: ["[/usr/lib/nagios/plugins/check_disk, -w, \"20%\"]"]),
        Field(
            "script", \.script, .parameter,
            doc: "A declared `script`, without arguments; not run where its bytes are not the declared ones.",
            examples: ["queue-length"]),
        Field(
            "every", always: \.every, .parameter,
            doc: "1m by default, from 1s to 366d; each host has an offset of its own, as schedules have.",
            examples: ["5m"]),
        Field(
            "timeout", always: \.timeout, .parameter,
            doc: "When the check is ended, and its state unknown; 30s by default, at most 1h.", examples: ["10s"]),
        Field("user", always: \.user, .parameter, doc: "Who runs it; nobody by default.", examples: ["root"]),
        Field(
            "format", always: \.format, .parameter,
            doc: """
                `exit` (the default): the exit status is the state, as of Nagios' plugins, and performance data behind `|` are \
                the values. `value`: one number on standard output. `prometheus`: metrics in its text format, whose names \
                begin with the check's name.
                """, examples: ["value"]),
        Field(
            "directory", always: \.directory, .parameter,
            doc:
                "The collector's directory, which must be there; that of Debian's prometheus-node-exporter by default.",
            examples: ["/var/lib/node_exporter"]),
    ]
    public static let examples = [
        "root-disk: {argv: [/usr/bin/test, -d, /srv], every: 5m, user: root, directory: /srv}",
        "load: {run: \"cut -d' ' -f1 /proc/loadavg\", format: value, directory: /srv}",
    ]

    private static let standardDirectory = AbsolutePath.root.appending("var/lib/prometheus/node-exporter")
    /// A schedule's name has at most 64 characters.
    private static let prefix = "check-"
    /// What the schedule leaves for the end of a check that takes no heed of SIGTERM, and for the writing.
    private static let margin = Duration.seconds(30)

    public var metrics: AbsolutePath { directory.appending(CheckMetrics.fileName(of: name.text)) }
    /// What runs; nil where a script does.
    public var line: CommandLine? { argv.map { .arguments($0) } ?? run.map { .shell($0) } }

    public var problems: [Problem] {
        var problems: [Problem] = []
        if name.text.utf8.count > 64 - Self.prefix.utf8.count {
            problems.append(Problem("name", "expected at most 58 characters, found \(name.text.utf8.count)"))
        }
        let given = [("run", run != nil), ("argv", argv != nil), ("script", script != nil)].filter(\.1).map(\.0)
        if given.isEmpty { problems.append("expected exactly one of run, argv and script, found none") }
        if given.count > 1 {
            problems.append(Problem(at: given[1], "expected exactly one of run, argv and script, found several"))
        }
        if let run, run.isEmpty { problems.append(Problem("run", "expected a command, found nothing")) }
        if let argv, AbsolutePath(argv.first ?? "") == nil {
            problems.append(Problem("argv", "expected an absolute path of a program first"))
        }
        if !(.seconds(1)...Duration.seconds(3600)).contains(timeout) {
            problems.append(Problem("timeout", "expected 1s to 1h, found \(timeout.text)"))
        }
        let prefix = Exposition.prefix(of: name.text)
        if format == .prometheus, prefix.utf8.first?.isASCIIDigit == true || Exposition.isTaken(prefix) {
            problems.append(
                Problem("name", "expected a name that metrics may begin with, found `\(name.text)`"))
        }
        return problems
    }

    public var mentions: [Mention] {
        (script.map { [Mention("script", Address(type: Script.typeName, key: $0.text))] } ?? [])
            + [user].compactMap { owner in
                if case .name(let name) = owner {
                    Mention("user", Address(type: User.typeName, key: name.text), isOptional: true)
                } else {
                    nil
                }
            }
            + [Mention("directory", Address(type: Package.typeName, key: "prometheus-node-exporter"), isOptional: true)]
    }

    public var parts: [any Resource] {
        var schedule = Schedule()
        schedule.definition.name = "\(Self.prefix)\(name.text)"
        schedule.definition.every = every
        schedule.definition.run = "lodestar check-run \(name.text)"
        schedule.definition.timeout = timeout + Self.margin
        var file = File()
        file.path = metrics
        file.renewed = true
        file.initial = CheckMetrics.beforeFirstRun(of: name.text)
        return [file, schedule]
    }
}

extension Check {
    /// A check as it was last applied; nil for what the ledger says of anything else.
    public init?(recorded composite: Composite) {
        guard composite.address.type == Self.typeName else { return nil }
        var faults = Diagnostics()
        self = .decoded(
            key: Node(.string(composite.address.key), at: .nowhere), fields: composite.fields.entries, into: &faults)
        if faults.hasErrors { return nil }
    }
}
