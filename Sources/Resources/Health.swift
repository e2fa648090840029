import SystemFiles
public import Model

/// A trial of what notifies it.
public struct Health: Resource, Proving {
    public var name = PlainName.none
    public var http: HTTPTarget?
    public var tcp: SocketTarget?
    public var command: [String]?
    public var user: Owner?
    public var status: Int?
    public var expect: String?
    public var within: Duration?
    public var hold: Duration?
    public var service: ServiceName?

    public init() {}

    public static let typeName = "health"
    public static let doc = """
        A trial of what notifies it, also through a service: after they have changed, the question must be answered as \
        declared. Where it is not, they go back to what they were before the run, and the same declarations are not tried \
        again until one of them changes, or with `apply --retry`. Where the host does not run (`--root`), nothing is asked.
        """
    public static let fields: [Field<Health>] = [
        Field(
            "name", always: \.name, .key,
            doc: "Letters, digits, `_`, `-` and `.`, beginning with a letter or digit, at most 64.", examples: ["web"]),
        Field(
            "http", \.http, .parameter, doc: "A URL of plain HTTP on an address, which is asked by GET.",
            examples: ["\"http://127.0.0.1:9100/metrics\""]),
        Field(
            "tcp", \.tcp, .parameter, doc: "An address and a port that must take a connection.",
            examples: ["\"127.0.0.1:9100\""]),
        Field(
            "command", \.command, .parameter,
            doc: "A program by its absolute path and its arguments, which must end with status 0; no shell sees them.",
            examples: ["[/usr/bin/agent, --ping]"]),
        Field(
            "user", \.user, .parameter, doc: "Who runs the command; nobody by default.", examples: ["agent"]),
        Field(
            "status", \.status, .parameter, doc: "The status of HTTP; any from 200 to 299 by default.",
            examples: ["204"]),
        Field(
            "expect", \.expect, .parameter,
            doc: """
                A text that the answer has in it: the first MiB of the body, what a port says first, or the output of the \
                command.
                """,
            examples: ["node_exporter_build_info"]),
        Field(
            "within", \.within, .parameter, doc: "When it must have begun to hold; 30s by default, at most 1h.",
            examples: ["1m"]),
        Field(
            "hold", \.hold, .parameter, doc: "How long it must hold without a break; 10s by default, at most 1h.",
            examples: ["30s"]),
        Field(
            "service", \.service, .parameter,
            doc: "A unit that must be active all the time and not be started again.", examples: ["nginx"]),
    ]
    public static let examples = [
        "web: {http: \"http://127.0.0.1:8080/\", expect: ok, within: 1m}", "db: {tcp: \"[::1]:5432\", hold: 5s}",
    ]

    public var objects: [HostObject] { [] }

    public var problems: [Problem] {
        var problems: [Problem] = []
        let given = [("http", http != nil), ("tcp", tcp != nil), ("command", command != nil)].filter(\.1).map(\.0)
        if given.isEmpty { problems.append("expected exactly one of http, tcp and command, found none") }
        if given.count > 1 {
            problems.append(Problem(at: given[1], "expected exactly one of http, tcp and command, found several"))
        }
        if let command, AbsolutePath(command.first ?? "") == nil {
            problems.append(Problem("command", "expected an absolute path of a program first"))
        }
        if user != nil, command == nil { problems.append(Problem(at: "user", "`user` needs `command`")) }
        if let status {
            if http == nil { problems.append(Problem(at: "status", "`status` needs `http`")) }
            if !(100...599).contains(status) {
                problems.append(Problem("status", "expected a number from 100 to 599, found \(status)"))
            }
        }
        if let expect, expect.isEmpty || expect.utf8.count > 1000 {
            problems.append(Problem("expect", "expected a text of 1 to 1000 bytes"))
        }
        let limits = Duration.seconds(1)...Duration.seconds(3600)
        for (property, span, least) in [("within", within, limits.lowerBound), ("hold", hold, .zero)] {
            if let span, span < least || span > limits.upperBound {
                problems.append(Problem(property, "expected \(least.text) to 1h, found \(span.text)"))
            }
        }
        return problems
    }

    public func observe(on host: some HostReading) throws -> Health? { self }
    public func changes(from observed: Health?) -> [Change] { [] }
    public func steps(from observed: Health?) throws(Refusal) -> [Step] { [] }

    public func refresh(on host: some HostReading, after changes: [Change]) throws -> [Step] {
        guard host.isRunning, let trial else { return [] }
        return [.trial(trial)]
    }

    public var claim: String { trial.map { "\($0.subject): \($0.demand)" } ?? "" }

    private var trial: Trial? {
        let question: Trial.Question
        if let http {
            question = .http(http, status: status)
        } else if let tcp {
            question = .tcp(tcp)
        } else if let command {
            question = .command(CommandRun(.arguments(command), user: user ?? .name(.nobody), timeout: .seconds(10)))
        } else {
            return nil
        }
        return Trial(
            question, expected: expect, within: within ?? .seconds(30), hold: hold ?? .seconds(10),
            unit: service?.unit.text)
    }
}
