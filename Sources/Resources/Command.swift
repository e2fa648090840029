public import Model

/// A command to run where nothing else describes what must be there.
public struct Command: Resource, Refreshable, Opaque {
    public var name = ""
    public var run: String?
    public var argv: [String]?
    public var creates: AbsolutePath?
    public var removes: AbsolutePath?
    public var unless: String?
    public var onlyIf: String?
    public var refreshOnly: Bool?
    public var user: Owner?
    public var cwd: AbsolutePath?
    public var env: SecretMap?
    public var umask: FileMode?
    public var timeout: Duration?
    public var tries: Int?
    public var returns: [Int]?
    public var stdin: Content?

    public init() {}

    public static let typeName = "command"
    public static let doc = """
        A command to run where nothing else describes what must be there. Give it a guard (`creates`, `removes`, \
        `unless`, `only_if`): without one its effect is unknown in every plan.
        """
    public static let fields: [Field<Command>] = [
        Field("name", always: \.name, .key, doc: "A name for the declaration.", examples: ["migrate"]),
        Field("run", \.run, .parameter, doc: "A text for /bin/sh.", examples: ["make -C /srv/app install"]),
        Field(
            "argv", \.argv, .parameter, doc: "A program and its arguments; no shell sees them.",
            examples: ["[/usr/bin/updatedb]"]),
        Field(
            "creates", \.creates, .parameter, doc: "In place where this path exists.", examples: ["/srv/app/bin/app"]),
        Field(
            "removes", \.removes, .parameter, doc: "In place where this path does not exist.", examples: ["/srv/old"]),
        Field(
            "unless", \.unless, .parameter,
            doc: "In place where this command succeeds; it runs where it can write nothing.",
            examples: ["test -s /etc/app.conf"]),
        Field(
            "only_if", \.onlyIf, .parameter,
            doc: "In place where this command fails; it runs where it can write nothing.",
            examples: ["test -d /srv/app"]),
        Field(
            "refresh_only", \.refreshOnly, .parameter, doc: "Runs only when something that notifies it has changed.",
            examples: ["true"]),
        Field("user", \.user, .parameter, doc: "Who runs it; root by default.", examples: ["www-data"]),
        Field("cwd", \.cwd, .parameter, doc: "The working directory; / by default.", examples: ["/srv/app"]),
        Field("env", \.env, .parameter, doc: "Variables beside the clean environment.", examples: ["{LANG: C.UTF-8}"]),
        Field("umask", \.umask, .parameter, doc: "0022 by default.", examples: ["\"0077\""]),
        Field(
            "timeout", \.timeout, .parameter, doc: "5m by default; then the whole process group is ended.",
            examples: ["30s"]),
        Field("tries", \.tries, .parameter, doc: "How often it is tried; once by default.", examples: ["3"]),
        Field(
            "returns", \.returns, .parameter, doc: "The exit statuses that mean success; 0 by default.",
            examples: ["[0, 2]"]),
        Field("stdin", \.stdin, .parameter, doc: "What it reads; nothing by default.", examples: ["hello"]),
    ]
    public static let examples = [
        "check: {run: \"touch /made\", creates: /made}", "never: {argv: [/bin/false], unless: \"true\"}",
    ]

    public var objects: [HostObject] { [.command(name)] }
    public var needs: [Need] { Need.owners(user, nil) + (cwd.map { [Need(.path($0), "working directory")] } ?? []) }

    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        declaredPaths + (creates.map { [$0] } ?? [])
    }

    public var problems: [Problem] {
        var problems = CommandLine.problems(run: run, argv: argv)
        if let argv, argv.first.map({ $0.isEmpty || $0.hasPrefix("-") }) ?? true {
            problems.append(Problem("argv", "expected a program first"))
        }
        if let tries, !(1...100).contains(tries) {
            problems.append(Problem("tries", "expected 1 to 100, found \(tries)"))
        }
        if let returns, returns.isEmpty || !returns.allSatisfy((0...255).contains) {
            problems.append(Problem("returns", "expected exit statuses from 0 to 255"))
        }
        for pair in env?.entries ?? [] where !pair.name.isVariableName {
            problems.append(Problem("env", "expected the name of a variable, found `\(pair.name)`"))
        }
        return problems
    }

    var line: CommandLine { argv.map { .arguments($0) } ?? .shell(run ?? "") }

    private var guards: [CommandGuard] {
        [
            unless.map { CommandGuard(.shell($0), skipsOnSuccess: true) },
            onlyIf.map { CommandGuard(.shell($0), skipsOnSuccess: false) },
        ].compactMap { $0 }
    }

    private func commandRun(_ line: CommandLine) -> CommandRun {
        CommandRun(
            line, user: user, directory: cwd ?? .root, environment: env?.entries ?? [],
            umask: umask?.applied(to: Permissions(0), isDirectory: false) ?? Permissions(0o022),
            timeout: timeout ?? .seconds(300), attemptCount: tries ?? 1, successStatuses: returns ?? [0], input: stdin)
    }

    /// The answer of the guards.
    public enum Observed: Sendable {
        case inPlace
        case mustRun
        case unknown(String)
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        if refreshOnly == true { return .inPlace }
        if let creates, try host.status(of: creates) != nil { return .inPlace }
        if let removes, try host.status(of: removes) == nil { return .inPlace }
        for commandGuard in guards {
            var probe = commandRun(commandGuard.line)
            probe.attemptCount = 1
            probe.input = nil
            let answer = try host.answer(to: .exitStatus(probe))
            guard case .exitStatus(let status) = answer else { return .unknown(answer.uncertainty) }
            if commandGuard.skips(at: status) { return .inPlace }
        }
        let hasGuard = creates != nil || removes != nil || unless != nil || onlyIf != nil
        return hasGuard ? .mustRun : .unknown("no guard: its effect is unknown until it runs")
    }

    public func isPresent(in observed: Observed) -> Bool { true }

    public func uncertainty(of observed: Observed?) -> String? {
        guard case .unknown(let reason)? = observed else { return nil }
        return reason
    }

    public func changes(from observed: Observed?) -> [Change] {
        if case .inPlace? = observed { return [] }
        return [Change("run", from: nil, to: .text(line.text))]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        var command = commandRun(line)
        switch observed {
        case .inPlace?: return []
        case .mustRun?, nil: break
        // Guards that the plan cannot run are asked just before the command.
        case .unknown?: command.guards = guards
        }
        return [.command(command)]
    }

    public func refresh(on host: some HostReading, after changes: [Change]) throws -> [Step] {
        changes.isEmpty ? [.command(commandRun(line))] : []
    }
}
