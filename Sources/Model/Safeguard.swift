/// A file that lets nobody in where it is wrong, and what must accept it before it takes its place.
public enum Safeguard: Sendable, Hashable {
    /// sudoers(5) and the files beside it.
    case sudoers
    /// sshd_config(5) and the files beside it.
    case sshd
    /// A service of pam.d(5): no program tells whether it is right, only whether it has the form of one.
    case pam

    private static let etc = AbsolutePath.root.appending("etc")
    private static let folders: [(folder: AbsolutePath, guard: Safeguard)] = [
        (etc.appending("sudoers.d"), .sudoers), (etc.appending("ssh/sshd_config.d"), .sshd),
        (etc.appending("pam.d"), .pam),
    ]
    private static let files: [AbsolutePath: Safeguard] = [
        etc.appending("sudoers"): .sudoers, etc.appending("ssh/sshd_config"): .sshd,
    ]

    /// nil for a path that is no such file.
    public init?(of path: AbsolutePath) {
        guard path.isBelowOrEqual(to: Self.etc) else { return nil }
        if let found = Self.files[path] {
            self = found
            return
        }
        guard let parent = path.parent, let found = Self.folders.first(where: { $0.folder == parent })?.guard else {
            return nil
        }
        // sudo passes over names with a dot and those that end with `~`; nothing reads a hidden file.
        let isRead = found == .sudoers ? !path.name.contains(".") && path.name.last != "~" : path.name.first != "."
        guard isRead else { return nil }
        self = found
    }

    /// Whether a path is the file that the others are beside, which is never taken away.
    public static func isMain(_ path: AbsolutePath) -> Bool { files[path] != nil }

    /// The program that must accept the file; nil where Lodestar looks at its form itself.
    public var program: AbsolutePath? {
        switch self {
        case .sudoers: AbsolutePath.root.appending("usr/sbin/visudo")
        case .sshd: AbsolutePath.root.appending("usr/sbin/sshd")
        case .pam: nil
        }
    }

    /// The package that brings the program.
    public var package: String? {
        switch self {
        case .sudoers: "sudo"
        case .sshd: "openssh-server"
        case .pam: nil
        }
    }

    /// Refuses what nobody could accept: the program is not on the host, or the main file would go.
    ///
    /// - Parameter isRemoval: whether the file goes.
    public func check(_ path: AbsolutePath, isRemoval: Bool, on host: some HostReading) throws(HostFault) {
        if isRemoval {
            guard Self.isMain(path) else { return }
            throw HostFault("remove", path.text, "who gets in hangs on it; remove the package instead")
        }
        guard let program, try host.status(of: program) == nil else { return }
        let package = package.map { "the package \($0) brings it" } ?? ""
        throw HostFault(
            "validate", path.text, "there is no \(program), which must accept it; \(package)", kind: .missing)
    }
}

extension Resource {
    /// The packages whose programs must accept what it writes.
    public var safeguardNeeds: [Need] {
        Set(objects.compactMap { $0.file.flatMap { Safeguard(of: $0)?.package } }).sorted()
            .map { Need(.package($0), "package \($0)") }
    }
}
