import Glibc
public import Hostinfo
import SystemCalls

/// The sources of a host: the running kernel and a root, or a folder with a capture of both.
public final class HostTree: SourceTree, @unchecked Sendable {
    private let kernel: OpenRoot
    private let system: OpenRoot
    /// The folder of a capture; nil on a host.
    let capture: String?
    public let isRunning: Bool
    private var known: NetworkLayout?

    /// The running kernel, and the system below a root.
    public init(root: String) {
        let root = HostRoot.path(root)
        kernel = OpenRoot("/")
        system = root == "/" ? kernel : OpenRoot(root)
        capture = nil
        isRunning = root == "/"
    }

    /// A folder that `hostinfo capture` made.
    public init(capture folder: String) {
        kernel = OpenRoot(folder)
        system = kernel
        capture = folder
        isRunning = true
    }

    private static let kernelFolders: Set<Substring> = ["sys", "proc", "dev", "run"]

    func root(of path: String) -> OpenRoot {
        Self.kernelFolders.contains(path.prefix { $0 != "/" }) ? kernel : system
    }

    public func read(_ path: String) -> SourceReading {
        let reading = root(of: path).read(path)
        // Kernels before 6.1 tell their architecture only by uname(2).
        if reading == .absent, capture == nil, path == "proc/sys/kernel/arch" { return .bytes(Self.architecture) }
        return reading
    }

    public func read(_ path: String, below folder: String) -> SourceReading {
        root(of: folder).read(path, below: folder)
    }

    public func has(_ path: String) -> Bool { root(of: path).exists(path) }

    public func names(in path: String) -> [String]? { root(of: path).names(in: path) }

    public func linkTarget(_ path: String) -> String? { root(of: path).linkTarget(path) }

    public func distrust(_ path: String) -> String? {
        root(of: path).distrust(
            path, owners: capture == nil ? [0] : [0, geteuid()], isWhole: capture == nil)
    }

    public func space(at path: String) -> FileSpace? { spaces(at: [path]).first ?? nil }

    public func spaces(at paths: [String]) -> [FileSpace?] {
        // A mount is the kernel's: its path is not that of another root.
        capture == nil ? FileSpaces.asked(paths.map { "/\($0)" }) : paths.map { _ in nil }
    }

    /// The names in a directory; a directory that cannot be read is not an empty one.
    func listing(_ path: String) -> SourceListing { root(of: path).listing(path) }

    func isExecutable(_ path: String) -> Bool { root(of: path).isExecutable(path) }

    /// The path by which a program of this host is run; nil for one of another root or of a capture.
    func programPath(_ path: String) -> String? { capture == nil && isRunning ? "/\(path)" : nil }

    public func layout() -> NetworkLayout {
        if let known { return known }
        let layout = capture == nil ? Netlink.layout(hasParent: hasParent) : capturedLayout()
        known = layout
        return layout
    }

    private func hasParent(_ name: String) -> Bool {
        !name.contains("/") && kernel.exists("sys/class/net/\(name)/device")
    }

    private static var architecture: [UInt8] {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.machine) { Array($0.prefix { $0 != 0 }) }
    }
}
