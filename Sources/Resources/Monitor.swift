public import Model
public import Scheduling

/// A monitoring agent: what it is made from, its configuration, its limits, and how one knows that it works.
public struct Monitor: Expandable {
    public var name = PlainName.none
    public var package: PackageName?
    public var version: String?
    public var archive: PartFields<ArchiveWords>?
    public var user: AccountName?
    public var command: [String]?
    public var config: PartMap<ConfigurationWords>?
    public var env: SecretMap?
    public var service: ServiceName?
    public var unit: Content?
    public var memory: ByteSize?
    public var cpu: CPUShare?
    public var tasks: Int?
    public var health: PartFields<HealthWords>?

    public init() {}

    /// What is said of the archive.
    public struct ArchiveWords: PartWords {
        public typealias Part = Archive
        public static let names = ["source", "sha256", "strip"]
        public init() {}
    }

    /// What is said of a file of the configuration.
    public struct ConfigurationWords: PartWords {
        public typealias Part = File
        public static let names = ["content", "source", "template", "mode"]
        public init() {}
    }

    /// What is said of the trial.
    public struct HealthWords: PartWords {
        public typealias Part = Health
        public static let names = ["http", "tcp", "command", "user", "status", "expect", "within", "hold"]
        public init() {}
    }

    public static let typeName = "monitor"
    public static let doc = """
        A monitoring agent as a service with limits, from a package or from an archive. Changes restart it once, and where \
        its `health` does not hold afterwards, what ran before comes back and the same declaration is not tried again.
        """
    public static let fields: [Field<Monitor>] = [
        Field(
            "name", always: \.name, .key,
            doc: "Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 64.",
            examples: ["node_exporter"]),
        Field(
            "package", \.package, .parameter, doc: "The package that brings it, with its unit.",
            examples: ["prometheus-node-exporter"]),
        Field(
            "version", \.version, .parameter,
            doc: "The version of the package, exactly; for an archive a part of its directory's name.",
            examples: ["\"1.5.0-1+b6\""]),
        Field(
            "archive", \.archive, .parameter, record: .digest, payload: .members(PartFields<ArchiveWords>.payloads),
            doc: """
                In place of a package: an archive below `files/`, unpacked to `/opt/NAME/VERSION-DIGEST`, to which the link \
                `/opt/NAME/current` leads.
                """,
            examples: ["{source: node_exporter-1.8.2.linux-amd64.tar.gz, strip: 1}"]),
        Field(
            "user", \.user, .parameter,
            doc:
                "Whose rights it has: a system account that is made; `root` where it must be. Needed for a unit of ours.",
            examples: ["node-exporter"]),
        Field(
            "command", \.command, .parameter,
            doc: """
                The program and its arguments, which no shell sees; a relative program is one of the archive. With a package \
                it takes the place of the command of the package's unit.
                """,
            examples: ["[bin/node_exporter, --web.listen-address=127.0.0.1:9100]"]),
        Field(
            "config", \.config, .parameter, record: .digest, payload: .each(PartFields<ConfigurationWords>.payloads),
            doc: """
                Files of its configuration by their paths: 0644 and root's. One with a secret is 0640, and the group's of `user`.
                """,
            examples: ["{/etc/agent/agent.yml: {template: agent.yml}}"]),
        Field(
            "env", \.env, .parameter,
            doc: "Environment variables, in a file that only root reads; they come after those of the package's unit.",
            examples: ["{ARGS: \"--web.listen-address=127.0.0.1:9100\"}"]),
        Field(
            "service", \.service, .parameter, doc: "The unit: by default that of the package's name, else of the key.",
            examples: ["prometheus-node-exporter"]),
        Field(
            "unit", \.unit, .parameter, record: .wholeOrDigest,
            doc: "The whole text of the unit, in place of the one that is written or that the package brings.",
            examples: ["\"[Service]\\nExecStart=/opt/agent/current/agent\\n\""]),
        Field("memory", \.memory, .parameter, doc: "The most memory that it gets.", examples: ["64M"]),
        Field("cpu", \.cpu, .parameter, doc: "The most time of the processors that it gets.", examples: ["20%"]),
        Field("tasks", \.tasks, .parameter, doc: "How many tasks it may have.", examples: ["64"]),
        Field(
            "health", \.health, .parameter,
            doc: "What must hold after each change of it: the fields of a `health`.",
            examples: ["{http: \"http://127.0.0.1:9100/metrics\", expect: node_exporter_build_info, hold: 10s}"]),
    ]
    public static let examples = [
        "lodestar-agent: {archive: {source: tools.tar, strip: 1}, user: root, command: [bin/agent, --quiet], memory: 64M}"
    ]

    public var problems: [Problem] {
        var problems = sourceProblems + textProblems
        if let tasks, tasks < 1 { problems.append(Problem("tasks", "expected 1 or more, found \(tasks)")) }
        if unit != nil {
            let given = [
                ("command", command != nil), ("memory", memory != nil), ("cpu", cpu != nil), ("tasks", tasks != nil),
            ]
            problems += given.filter(\.1).map { Problem(at: $0.0, "`\($0.0)` belongs into the `unit` that is given") }
        }
        if writesUnit {
            if command == nil { problems.append("expected `command` or `unit`, found neither") }
            if user == nil {
                problems.append(
                    Problem(at: "archive", "expected `user`, whose rights the agent has (root where it must)"))
            }
        }
        if let health { problems += health.part.problems.map { Problem(at: "health", $0.text) } }
        return problems
    }

    private var sourceProblems: [Problem] {
        var problems: [Problem] = []
        if package == nil, archive == nil { problems.append("expected `package` or `archive`, found neither") }
        if package != nil, archive != nil {
            problems.append(Problem(at: "archive", "expected one of package and archive, found both"))
        }
        if archive != nil, let version,
            version.isEmpty || version.utf8.count > 64 || version.first == "."
                || !version.isASCIIWord(or: ".+~-_")
        {
            problems.append(
                Problem("version", "expected letters, digits, `.`, `+`, `~`, `_` and `-`, found `\(version)`"))
        }
        return problems
    }

    private var textProblems: [Problem] {
        var problems: [Problem] = []
        for word in command ?? [] where !UnitText.isPlain(word) {
            problems.append(Problem("command", "expected arguments of one line, found \(Node.quoted(word))"))
        }
        if let command {
            let path = program.map { !$0.text.isASCIIWord(or: "/._+-@") } ?? true
            if path {
                problems.append(
                    Problem("command", "expected a program's path first, found `\(command.first ?? "nothing")`"))
            }
        }
        for entry in env?.entries ?? [] {
            if !UnitText.isVariable(entry.name) {
                problems.append(Problem("env", "expected the name of a variable, found `\(entry.name)`"))
            }
            if !(String(validating: entry.value.bytes, as: UTF8.self).map { UnitText.isPlain($0) } ?? false) {
                problems.append(Problem("env", "expected one line of text for `\(entry.name)`"))
            }
        }
        return problems
    }
}
