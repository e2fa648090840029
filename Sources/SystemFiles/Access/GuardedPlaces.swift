public import Model

/// The places of a host whose change can let nobody in: the files that sudo, sshd and PAM read, by whatever links and
/// includes they come to them, and the links and folders on the way.
public struct GuardedPlaces: Sendable {
    private struct Folder: Sendable {
        var place: AbsolutePath
        var safeguard: Safeguard
        /// The names that are read; nil for those of the program's own rule.
        var names: Glob?
    }

    private var files: [AbsolutePath: Safeguard] = [:]
    private var folders: [Folder] = []
    private var ways: [AbsolutePath: Set<Safeguard>] = [:]
    /// The main files with all that leads to them.
    private var mains: Set<AbsolutePath> = []

    /// What cannot be read counts with its usual places.
    public init(reading host: some HostReading) {
        for safeguard in Safeguard.allCases {
            for path in safeguard.mainFiles {
                add(file: path, safeguard, on: host)
                if let trail = try? Trail(of: path, on: host) { mains.formUnion(trail.ways + [trail.place]) }
            }
            for path in safeguard.usualFolders { add(folder: path, safeguard, nil, on: host) }
        }
        if let trail = try? Trail(of: PamService.folder, on: host) { mains.formUnion(trail.ways + [trail.place]) }
        if let sudoers = try? Sudoers(reading: host) {
            for path in sudoers.named { add(file: path, .sudoers, on: host) }
            for file in sudoers.files { add(file: file.path, .sudoers, on: host) }
            for path in sudoers.folders { add(folder: path, .sudoers, nil, on: host) }
        }
        if let sshd = try? SshdDirectives(reading: host) {
            for path in sshd.named { add(file: path, .sshd, on: host) }
            for (path, names) in sshd.patterns { add(folder: path, .sshd, names, on: host) }
        }
        addServices(on: host)
    }

    /// Services of PAM that are links, and those that others include.
    private mutating func addServices(on host: some HostReading) {
        guard let folder = try? host.target(of: PamService.folder), let names = try? host.entries(of: folder) else {
            return
        }
        for name in names {
            let path = PamService.folder.appending(name)
            if (try? host.status(of: folder.appending(name)))??.kind == .link { add(file: path, .pam, on: host) }
            guard let place = try? host.target(of: path), (try? host.status(of: place))??.kind == .file,
                let service = (try? host.document(PamService.self, at: place)) ?? nil
            else { continue }
            for include in service.includes where include.hasPrefix("/") {
                if let path = PamService.path(include) { add(file: path, .pam, on: host) }
            }
        }
    }

    private mutating func add(file path: AbsolutePath, _ safeguard: Safeguard, on host: some HostReading) {
        guard let trail = try? Trail(of: path, on: host) else { return }
        files[trail.place] = safeguard
        for way in trail.ways { ways[way, default: []].insert(safeguard) }
    }

    private mutating func add(
        folder path: AbsolutePath, _ safeguard: Safeguard, _ names: Glob?, on host: some HostReading
    ) {
        guard let trail = try? Trail(of: path, on: host) else { return }
        for way in trail.ways + [trail.place] { ways[way, default: []].insert(safeguard) }
        if !folders.contains(where: { $0.place == trail.place && $0.safeguard == safeguard && $0.names == nil }) {
            folders.append(Folder(place: trail.place, safeguard: safeguard, names: names))
        }
    }

    /// The safeguard of a file at a place that no link is above.
    public func file(at place: AbsolutePath) -> Safeguard? {
        if let found = files[place] { return found }
        guard let parent = place.parent else { return nil }
        return folders.first { folder in
            guard folder.place == parent else { return false }
            return folder.names.map { $0.matches(place.name) && place.name.first != "." }
                ?? folder.safeguard.reads(place.name)
        }?.safeguard
    }

    /// Why a file cannot have an owner, a group and a mode; nil where it can.
    public func fault(
        of status: FileStatus, at place: AbsolutePath, _ operation: String, _ path: AbsolutePath
    ) -> HostFault? {
        guard status.kind == .file, Sudoers.passesOver(status), file(at: place) == .sudoers else { return nil }
        return HostFault(operation, path.text, "sudo reads no file that others than root may write")
    }

    /// All that must accept a change there: of a file, or of what leads to files.
    public func safeguards(at place: AbsolutePath) -> Set<Safeguard> {
        (ways[place] ?? []).union(file(at: place).map { [$0] } ?? [])
    }

    /// Whether anything must accept a change there.
    public func has(_ place: AbsolutePath) -> Bool { isNamed(place) || file(at: place) != nil }

    /// Whether a place is guarded by itself, and not for the folder that it lies in.
    func isNamed(_ place: AbsolutePath) -> Bool { files[place] != nil || ways[place] != nil }

    /// Whether files are guarded because they lie in a folder.
    func isFolder(_ place: AbsolutePath) -> Bool { folders.contains { $0.place == place } }

    /// Why nobody could accept a change, before any program is asked; nil where one has to be.
    public func fault(of change: GuardedChange, at path: AbsolutePath, on host: any HostReading) throws(HostFault)
        -> HostFault?
    {
        if change.isRemoval, mains.contains(change.place) { return Safeguard.stays(path) }
        if mains.contains(change.place), change.bytes == nil {
            let prospect = Prospect(host, change)
            for main in Safeguard.allCases.flatMap(\.mainFiles) where try host.status(of: host.target(of: main)) != nil
            {
                if try prospect.status(of: prospect.target(of: main))?.kind != .file { return Safeguard.stays(main) }
            }
            let kept = Set(try prospect.entries(of: prospect.target(of: PamService.folder)) ?? [])
            let services = try host.entries(of: host.target(of: PamService.folder)) ?? []
            if let gone = services.first(where: { !kept.contains($0) }) {
                return Safeguard.stays(PamService.folder.appending(gone))
            }
        }
        if change.isRemoval { return nil }
        for safeguard in safeguards(at: change.place) {
            if let fault = try safeguard.missingProgram(for: path, on: host) { return fault }
        }
        return nil
    }
}
