/// A program to run: a vector that never meets a shell, or one text that the manifest's author wrote for the shell.
public enum CommandLine: Sendable, Hashable {
    case arguments([String])
    case shell(String)

    /// What is wrong where a manifest says a command by `run` or by `argv`.
    public static func problems(run: String?, argv: [String]?) -> [Problem] {
        if run == nil, argv == nil { return ["expected one of run and argv, found neither"] }
        if run != nil, argv != nil { return [Problem(at: "argv", "expected one of run and argv, found both")] }
        return []
    }

    /// What a person reads; a vector is shown with its words quoted where needed.
    public var text: String {
        switch self {
        case .shell(let text): return text
        case .arguments(let words): return words.map(\.shellWord).joined(separator: " ")
        }
    }
}

/// One run of a program, with everything that surrounds it.
public struct CommandRun: Sendable, Hashable {
    public var line: CommandLine
    public var user: Owner?
    public var directory: AbsolutePath
    /// Names and values beside the clean environment; values may be secrets.
    public var environment: [EnvironmentEntry]
    public var umask: Permissions
    public var timeout: Duration
    /// How often it is tried before it has failed.
    public var attemptCount: Int
    /// The exit statuses that mean success.
    public var successStatuses: [Int]
    public var input: Content?
    /// Whether an interrupt of the run waits for it, as for a package manager.
    public var mustFinish: Bool
    /// Guards that the plan could not run in the read-only sandbox; they run without it just before the command.
    public var guards: [CommandGuard]
    /// What the program does, where that is known; nil where nobody can foresee it.
    public private(set) var operation: SystemOperation?

    /// A program of the system, which an interrupt of the run does not cut short.
    public init(_ operation: SystemOperation) {
        self.init(.arguments(operation.arguments), timeout: .seconds(900), mustFinish: true)
        self.operation = operation
    }

    public init(
        _ line: CommandLine, user: Owner? = nil, directory: AbsolutePath = .root, environment: [EnvironmentEntry] = [],
        umask: Permissions = Permissions(0o022), timeout: Duration = .seconds(300), attemptCount: Int = 1,
        successStatuses: [Int] = [0], input: Content? = nil, guards: [CommandGuard] = [], mustFinish: Bool = false
    ) {
        self.mustFinish = mustFinish
        self.line = line
        self.user = user
        self.directory = directory
        self.environment = environment
        self.umask = umask
        self.timeout = timeout
        self.attemptCount = attemptCount
        self.successStatuses = successStatuses
        self.input = input
        self.guards = guards
    }
}

/// A command of the shell whose exit status tells whether another one has to run.
public struct CommandGuard: Sendable, Hashable {
    public var line: CommandLine
    /// Whether success means that there is nothing to do (`unless`), or failure does (`only_if`).
    public var skipsOnSuccess: Bool

    public init(_ line: CommandLine, skipsOnSuccess: Bool) {
        self.line = line
        self.skipsOnSuccess = skipsOnSuccess
    }

    /// Whether an exit status says that there is nothing to do.
    public func skips(at exitStatus: Int32) -> Bool { (exitStatus == 0) == skipsOnSuccess }
}

public struct EnvironmentEntry: Sendable, Hashable {
    public var name: String
    public var value: Content

    public init(_ name: String, _ value: Content) {
        self.name = name
        self.value = value
    }
}
