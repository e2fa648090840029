/// What a program of the system does whose effect is known beforehand, so that a host in memory has it too.
public enum SystemOperation: Sendable, Hashable {
    /// Makes the locales that /etc/locale.gen lists and that are not there.
    case makeLocales
    /// Loads a module of the kernel with those that it needs, as modprobe.d(5) says.
    case loadModule(String)
    case unloadModule(String)

    /// The program and its arguments.
    public var arguments: [String] {
        switch self {
        case .makeLocales: ["locale-gen", "--keep-existing"]
        case .loadModule(let name): ["modprobe", "--", name]
        case .unloadModule(let name): ["modprobe", "-r", "--", name]
        }
    }
}

extension Step {
    public static func system(_ operation: SystemOperation) -> Step { .command(CommandRun(operation)) }
}
