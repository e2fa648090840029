/// What must accept a file that lets nobody in where it is wrong, before it takes its place.
public enum Safeguard: Sendable, Hashable, CaseIterable {
    /// sudoers(5) and the files beside it.
    case sudoers
    /// sshd_config(5) and the files beside it.
    case sshd
    /// A service of pam.d(5): no program tells whether it is right, only whether it has the form of one.
    case pam

    private static let etc = AbsolutePath.root.appending("etc")

    /// The file that the others are beside, which is never taken away.
    public var mainFiles: [AbsolutePath] {
        switch self {
        case .sudoers: [Self.etc.appending("sudoers")]
        case .sshd: [Self.etc.appending("ssh/sshd_config")]
        case .pam: []
        }
    }

    /// The folders of the files beside it, whether or not it includes them.
    public var usualFolders: [AbsolutePath] {
        switch self {
        case .sudoers: [Self.etc.appending("sudoers.d")]
        case .sshd: [Self.etc.appending("ssh/sshd_config.d")]
        case .pam: [Self.etc.appending("pam.d")]
        }
    }

    /// By its usual path alone, without a host; nil for a path that is no such file. Where links and includes lead is
    /// known to `GuardedPlaces` (SystemFiles).
    public init?(of path: AbsolutePath) {
        guard path.isBelowOrEqual(to: Self.etc) else { return nil }
        guard
            let found = Self.allCases.first(where: { safeguard in
                safeguard.mainFiles.contains(path)
                    || (path.parent.map(safeguard.usualFolders.contains) == true && safeguard.reads(path.name))
            })
        else { return nil }
        self = found
    }

    /// Whether a file of the folder is read: sudo passes over names with a dot and those that end with `~`; nothing reads a
    /// hidden file.
    public func reads(_ name: String) -> Bool {
        switch self {
        case .sudoers: !name.contains(".") && name.last != "~"
        case .sshd, .pam: name.first != "."
        }
    }

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

    /// Why a main file, or what leads to it, cannot go.
    public static func stays(_ path: AbsolutePath) -> HostFault {
        HostFault("remove", path.text, "who gets in hangs on it; remove the package instead")
    }

    /// Refuses what nobody could accept, since the program is not on the host; nil where it is.
    public func missingProgram(for path: AbsolutePath, on host: any HostReading) throws(HostFault) -> HostFault? {
        guard let program, try host.status(of: program) == nil else { return nil }
        let package = package.map { "the package \($0) brings it" } ?? ""
        return HostFault(
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
