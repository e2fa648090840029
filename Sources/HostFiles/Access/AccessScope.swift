public import Model

/// What on a host bears on access, so that a plan that touches none of it costs nothing more.
public struct AccessScope {
    private var places: Set<AbsolutePath>
    private var folders: [AbsolutePath]

    /// Files of the host that access is read from.
    private static let files: Set = Set(
        [
            "etc/passwd", "etc/shadow", "etc/group", "etc/gshadow", "etc/sudoers", "etc/nologin", "run/nologin",
            "etc/nsswitch.conf", "etc/hostname", "usr/sbin/sshd", "usr/bin/sudo",
        ].map { AbsolutePath.root.appending($0) })

    public init(reading host: some HostReading) throws(HostFault) {
        places = Self.files
        folders = [AbsolutePath.root.appending("etc/sudoers.d"), SshdDirectives.folder]
        for directive in try SshdDirectives(reading: host).all {
            switch directive.words[0] {
            case "authorizedkeysfile", "authorizedprincipalsfile", "trustedusercakeys", "revokedkeys":
                for word in directive.words.dropFirst() where word.hasPrefix("/") {
                    let parts = word.prefix { $0 != "%" }.split(separator: "/", omittingEmptySubsequences: false)
                    let text = word.has("%") ? parts.dropLast().joined(separator: "/") : word
                    if let path = AbsolutePath(text), path != .root { folders.append(path) }
                }
            default: break
            }
        }
        for user in try AccountDatabase(reading: host).users {
            if let shell = user.shell { places.insert(shell) }
            guard let home = user.home, home != .root else { continue }
            places.formUnion(sequence(first: home, next: \.parent))
        }
    }

    /// Whether what steps change bears on access. What a command does nobody knows.
    public func concerns(_ steps: some Sequence<Step>) -> Bool { steps.contains { concerns($0) } }

    /// The same of one step.
    public func concerns(_ step: Step) -> Bool {
        switch step {
        case .accounts, .groupRemoval, .accountFiles: true
        case .package(let change): ["openssh-server", "sudo"].contains(change.name)
        case .file(let step): concerns(step.path)
        case .service(let operation): operation.action == .stop && SshdUnits.names.contains(operation.unit)
        case .command, .trial: false
        }
    }

    private func concerns(_ path: AbsolutePath) -> Bool {
        if places.contains(path) || SshdUnits.decides(path) { return true }
        if folders.contains(where: { path.isBelowOrEqual(to: $0) }) { return true }
        // The usual place of keys, below any home.
        return path.name == ".ssh" || path.parent?.name == ".ssh"
    }
}
