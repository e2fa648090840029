/// What a program of the system does whose effect is known beforehand, so that a host in memory has it too.
public enum SystemOperation: Sendable, Hashable {
    /// Makes the locales that /etc/locale.gen lists and that are not there.
    case makeLocales
    /// Loads a module of the kernel with those that it needs, as modprobe.d(5) says.
    case loadModule(String)
    case unloadModule(String)
    case mount(Mounting)
    /// Gives a mount other options.
    case remount(Mounting)
    case unmount(AbsolutePath)
    case startSwap(AbsolutePath, priority: Int?)
    case stopSwap(AbsolutePath)

    /// Whether other files are seen afterwards, of which nobody knows before.
    var changesView: Bool {
        switch self {
        case .mount, .unmount: true
        case .makeLocales, .loadModule, .unloadModule, .remount, .startSwap, .stopSwap: false
        }
    }

    /// The program and its arguments.
    public var arguments: [String] {
        switch self {
        case .makeLocales: ["locale-gen", "--keep-existing"]
        case .loadModule(let name): ["modprobe", "--", name]
        case .unloadModule(let name): ["modprobe", "-r", "--", name]
        case .mount(let mounting): mounting.arguments(mounting.options)
        case .remount(let mounting): mounting.remounting
        case .unmount(let path): ["umount", "--", path.text]
        case .startSwap(let path, let priority):
            ["swapon"] + (priority.map { ["-p", "\($0)"] } ?? []) + ["--", path.text]
        case .stopSwap(let path): ["swapoff", "--", path.text]
        }
    }
}

/// What mount(8) is told.
public struct Mounting: Sendable, Hashable {
    public var path: AbsolutePath
    public var device: String
    public var type: String
    public var options: [String]

    public init(_ path: AbsolutePath, device: String, type: String, options: [String]) {
        self.path = path
        self.device = device
        self.type = type
        self.options = options
    }

    private static let times: Set = ["atime", "noatime", "nodiratime", "relatime", "strictatime"]

    /// The kernel keeps how times of access are written where nothing says it (mount_setattr(2)).
    fileprivate var remounting: [String] {
        arguments(["remount"] + (Self.times.isDisjoint(with: options) ? ["relatime"] : []) + options)
    }

    fileprivate func arguments(_ options: [String]) -> [String] {
        let chosen = options.isEmpty ? [] : ["-o", options.joined(separator: ",")]
        return ["mount", "-t", type] + chosen + ["--", device, path.text]
    }
}

extension Step {
    public static func system(_ operation: SystemOperation) -> Step { .command(CommandRun(operation)) }
}
