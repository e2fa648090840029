public import Model

/// What on a host bears on access, so that a plan that touches none of it costs nothing more.
///
/// Paths are compared by the places that they lead to, on the host as it is and as it will be.
public struct AccessScope {
    private let hosts: [any HostReading]
    private var guarded: [GuardedPlaces]
    private var places: Set<AbsolutePath>
    private var folders: [AbsolutePath]
    /// The folders of which only single places bear on access, as far as they were asked for.
    private var plain: [AbsolutePath: Bool] = [:]

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
        var shells = Set<AbsolutePath>()
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
            if let shell = user.shell, shells.insert(shell).inserted { add(shell, on: host) }
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
    public mutating func concerns(_ steps: some Sequence<Step>) -> Bool { steps.contains { concerns($0) } }

    /// The same of one step.
    public mutating func concerns(_ step: Step) -> Bool {
        switch step {
        case .accounts, .groupRemoval, .accountFiles: true
        case .package(let change): ["openssh-server", "sudo"].contains(change.name)
        case .file(let step): concerns(changeAt: step.path)
        case .service(let operation): operation.action == .stop && SshdUnits.names.contains(operation.unit)
        case .command, .trial, .storage: false
        }
    }

    private mutating func concerns(changeAt path: AbsolutePath) -> Bool {
        guard let folder = path.parent, isPlain(folder) else {
            return concerns(path) || hosts.indices.contains { concerns(path, on: $0) }
        }
        return places.contains(path) || folders.contains(path) || path.name == ".ssh"
            || guarded.contains { $0.isNamed(path) }
    }

    /// Whether nothing in a folder bears on access for the folder's sake, and paths in it are their own places: then one
    /// look tells of a file there what is asked of its path and of all places that the path leads to.
    private mutating func isPlain(_ folder: AbsolutePath) -> Bool {
        if let known = plain[folder] { return known }
        let inside = folder.appending("x")
        let isPlain =
            !concerns(inside) && !SshdUnits.mayDecide(in: folder) && !guarded.contains { $0.isFolder(folder) }
            && hosts.allSatisfy { (try? $0.place(of: inside)) == inside }
        plain[folder] = isPlain
        return isPlain
    }

    /// Whether a path leads to something of it.
    private func concerns(_ path: AbsolutePath, on index: Int) -> Bool {
        guard let place = try? hosts[index].place(of: path) else { return false }
        return guarded[index].has(place) || (place != path && concerns(place))
    }

    private func concerns(_ path: AbsolutePath) -> Bool {
        if places.contains(path) || SshdUnits.decides(path) { return true }
        if folders.contains(where: { path.isBelowOrEqual(to: $0) }) { return true }
        // The usual place of keys, below any home.
        return path.name == ".ssh" || path.parent?.name == ".ssh"
    }
}
