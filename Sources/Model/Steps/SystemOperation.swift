/// What a program of the system does whose effect is known beforehand, so that a host in memory has it too.
public enum SystemOperation: Sendable, Hashable {
    /// Makes the locales that /etc/locale.gen lists and that are not there.
    case makeLocales

    /// The program and its arguments.
    public var arguments: [String] {
        switch self {
        case .makeLocales: ["locale-gen", "--keep-existing"]
        }
    }
}

extension Step {
    public static func system(_ operation: SystemOperation) -> Step { .command(CommandRun(operation)) }
}
