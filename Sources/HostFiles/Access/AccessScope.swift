public import Model

/// What on a host bears on access, so that a plan that touches none of it costs nothing more.
///
/// Paths are compared by the places that they lead to, on the host as it is and as it will be.
public struct AccessScope {
    private let hosts: [any HostReading]
    private var guarded: [GuardedPlaces]
    private var places: Set<AbsolutePath>
    private var folders: [AbsolutePath]

    /// Files of the host that access is read from.
    private static let files: Set = Set(
        [
            "etc/passwd", "etc/shadow", "etc/group", "etc/gshadow", "etc/sudoers", "etc/nologin", "run/nologin",
            "etc/nsswitch.conf", "etc/hostname", "usr/sbin/sshd", "usr/bin/sudo", "etc/pam.conf", "etc/hosts.allow",
            "etc/hosts.deny", "etc/shells", "etc/securetty", "etc/login.defs",
        ].map { AbsolutePath.root.appending($0) })

    /// Folders of which every file may decide.
    private static let wholes = ["etc/sudoers.d", "etc/ssh", "etc/pam.d", "etc/security", "usr/lib/pam.d"]
        .map { AbsolutePath.root.appending($0) }

    /// - Parameters:
    ///   - host: as it will be, or is.
    ///   - before: the same as it was; nil where nothing is planned.
    public init(reading host: any HostReading, before: (any HostReading)? = nil) throws(HostFault) {
        hosts = [host] + (before.map { [$0] } ?? [])
        guarded = hosts.map { GuardedPlaces(reading: $0) }
        places = Self.files
        folders = Self.wholes
        for host in hosts { try add(host) }
    }

    private mutating func add(_ host: any HostReading) throws(HostFault) {
        for path in Self.files { add(path, on: host) }
        for folder in folders { if let place = try? host.target(of: folder) { folders.append(place) } }
        for directive in try SshdDirectives(reading: host).all {
            switch directive.words[0] {
            case "authorizedkeysfile", "authorizedprincipalsfile", "trustedusercakeys", "revokedkeys":
                for word in directive.words.dropFirst() where word.hasPrefix("/") {
                    let parts = word.prefix { $0 != "%" }.split(separator: "/", omittingEmptySubsequences: false)
                    let text = word.has("%") ? parts.dropLast().joined(separator: "/") : word
                    if let path = AbsolutePath(text), path != .root {
                        folders.append(path)
                        if let place = try? host.target(of: path) { folders.append(place) }
                    }
                }
            default: break
            }
        }
        for user in try AccountDatabase(reading: host).users {
            if let shell = user.shell { add(shell, on: host) }
            guard let home = user.home, home != .root else { continue }
            places.formUnion(sequence(first: home, next: \.parent))
            if let place = try? host.target(of: home), place != home {
                places.formUnion(sequence(first: place, next: \.parent))
            }
        }
    }

    /// A path, and all that leads from it to its file.
    private mutating func add(_ path: AbsolutePath, on host: any HostReading) {
        places.insert(path)
        guard let trail = try? Trail(of: path, on: host), trail.place != path else { return }
        places.formUnion(trail.ways + [trail.place])
    }

    /// Whether what steps change bears on access. What a command does nobody knows.
    public func concerns(_ steps: some Sequence<Step>) -> Bool { steps.contains { concerns($0) } }

    /// The same of one step.
    public func concerns(_ step: Step) -> Bool {
        switch step {
        case .accounts, .groupRemoval, .accountFiles: true
        case .package(let change): ["openssh-server", "sudo"].contains(change.name)
        case .file(let step): concerns(step.path) || hosts.indices.contains { concerns(step.path, on: $0) }
        case .service(let operation): operation.action == .stop && SshdUnits.names.contains(operation.unit)
        case .command, .trial, .storage: false
        }
    }

    /// Whether a path leads to something of it.
    private func concerns(_ path: AbsolutePath, on index: Int) -> Bool {
        guard let place = try? hosts[index].place(of: path) else { return false }
        return !guarded[index].safeguards(at: place).isEmpty || (place != path && concerns(place))
    }

    private func concerns(_ path: AbsolutePath) -> Bool {
        if places.contains(path) || SshdUnits.decides(path) { return true }
        if folders.contains(where: { path.isBelowOrEqual(to: $0) }) { return true }
        // The usual place of keys, below any home.
        return path.name == ".ssh" || path.parent?.name == ".ssh"
    }
}
