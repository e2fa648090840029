public import SystemFiles
public import Model

/// A host in memory: an overlay on any reader, or, on an `EmptyHost`, a host of its own.
///
/// This is the planner's host: it takes the steps, performs them in memory and is observed again, so that later
/// resources see the effects of earlier ones. It never touches the reader below.
public final class Simulation: Host, AccountKeeping {
    /// The overlay at one path.
    enum Entry {
        case absent
        case present(FileStatus, Body)
    }

    enum Body {
        case content(FileContent)
        /// The object of the reader below at this path.
        case below(AbsolutePath)
        case edited(EditedDocument)
        case link(String)
        case directory
        /// One that the reader below knows nothing of, whatever it has at the path.
        case newDirectory
    }

    nonisolated(unsafe) var entries: [AbsolutePath: Entry] = [:]
    /// The names that the overlay added to directories or took from them.
    nonisolated(unsafe) var listings: [AbsolutePath: [String: Bool]] = [:]
    nonisolated(unsafe) public internal(set) var accounts: AccountDatabase?
    nonisolated(unsafe) var packages: (path: AbsolutePath, database: any PackageDatabase)?
    nonisolated(unsafe) var services: [String: Bool] = [:]
    /// The locales that were made in memory.
    nonisolated(unsafe) var locales: [String] = []
    nonisolated(unsafe) var ownershipChanges: [OwnershipChange] = []
    /// Homes that were moved, the last one last.
    nonisolated(unsafe) var moves: [HomeMove] = []
    /// Whether a file was changed that says which packages there are: the reader below knows nothing of it.
    nonisolated(unsafe) var hasNewSources = false
    nonisolated(unsafe) var endedProcesses: Set<UInt32> = []
    nonisolated(unsafe) var folders = OverlaidFolders()
    /// Whether the reader below knows nothing of what is in a folder; with each folder those above it.
    nonisolated(unsafe) private var absences: [AbsolutePath: Bool] = [:]
    /// The files that let nobody in where they are wrong, as far as they were looked for.
    nonisolated(unsafe) var guarded: GuardedPlaces?
    let below: any HostReading
    /// nil where this is no installation.
    let disks: SimulatedStorage?
    /// Days since 1970-01-01, for the date of the last password change.
    let today: Int

    /// - Parameter below: what is seen where nothing was simulated.
    public init(over below: any HostReading, today: Int) {
        self.below = below
        self.today = today
        disks = below.storage.map { SimulatedStorage(over: $0) }
    }

    public var storage: (any StorageReading)? { disks }

    public var isRunning: Bool { below.isRunning }

    public func place(of path: AbsolutePath) throws(HostFault) -> AbsolutePath {
        if entries.isEmpty, moves.isEmpty { return try below.place(of: path) }
        return try folders.place(of: path, below: below) { (place) in
            switch entries[place] {
            case .present(let status, .link(let target))?: return status.owner == 0 ? .link(target) : .other
            case .present?, .absent?: return .other
            case nil: return isBelowAbsent(place) || source(of: place) != place ? .other : .none
            }
        }
    }

    /// The key of a path in the overlay.
    private func key(of path: AbsolutePath) throws(HostFault) -> AbsolutePath {
        entries.isEmpty && moves.isEmpty ? path : try place(of: path)
    }

    public func status(of path: AbsolutePath) throws(HostFault) -> FileStatus? {
        let path = try key(of: path)
        if !entries.isEmpty {
            switch entries[path] {
            case .absent?: return nil
            case .present(var status, .edited(let document))?:
                status.byteCount = document.byteCount
                return status
            case .present(let status, _)?: return status
            case nil: if isBelowAbsent(path) { return nil }
            }
        }
        return try below.status(of: source(of: path))
    }

    public func presentStatus(of path: AbsolutePath) throws(HostFault) -> FileStatus? {
        let path = try key(of: path)
        let isOurs = entries[path] != nil || source(of: path) != path
        return isOurs || isBelowAbsent(path) ? try status(of: path) : try below.presentStatus(of: path)
    }

    /// Where the reader below has what is at a path.
    func source(of path: AbsolutePath) -> AbsolutePath {
        if moves.isEmpty { return path }
        return moves.reversed().reduce(path) { path, move in
            guard path.isBelowOrEqual(to: move.to) else { return path }
            return AbsolutePath(move.from.text + path.text.dropFirst(move.to.text.count)) ?? path
        }
    }

    /// Whether a directory above the path was removed or made in memory, so that the reader below knows nothing of it.
    private func isBelowAbsent(_ path: AbsolutePath) -> Bool {
        guard let directory = path.parent else { return false }
        if let known = absences[directory] { return known }
        let isAbsent =
            switch entries[directory] {
            case .absent?, .present(_, .newDirectory)?: true
            case .present(let status, _)? where status.kind != .directory: true
            case .present?, nil: false
            }
        // Asked above in any case, so that a folder is known only where those above it are.
        let isBelow = isBelowAbsent(directory)
        absences[directory] = isAbsent || isBelow
        return isAbsent || isBelow
    }

    /// Forgets what is known of folders, where a link or a folder came or went.
    func forgetFolders() {
        folders.forget()
        absences = [:]
    }

    /// Forgets what is known of the folders below a path that changes.
    func forgetAbsence(below path: AbsolutePath) {
        if absences[path] != nil { absences = [:] }
    }

    public func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
        if accounts != nil, let bytes = accounts?.bytes(at: path) { return bytes }
        if entries.isEmpty, moves.isEmpty { return try below.contents(of: path, limit: limit) }
        let path = try key(of: path)
        guard case .present(let status, let body)? = entries[path] else {
            if try self.status(of: path) == nil {
                throw HostFault.absent("read", path.text)
            }
            return try below.contents(of: source(of: path), limit: limit)
        }
        guard status.byteCount <= limit else { throw HostFault("read", path.text, "more than \(limit) bytes") }
        switch body {
        case .content(let content): return try content.bytes
        case .below(let source): return try below.contents(of: source, limit: limit)
        case .edited(let document): return document.bytes
        case .link, .directory, .newDirectory: throw HostFault("read", path.text, "it is a \(status.kind.rawValue)")
        }
    }

    public func digest(of path: AbsolutePath) throws(HostFault) -> Digest {
        let path = try key(of: path)
        switch entries[path] {
        case .present(_, .below(let source))?: return try below.digest(of: source)
        case .present(_, .content(let content))?:
            if let digest = content.digest { return digest }
            return try Digest { (sink) throws(HostFault) in try content.read(sink) }
        case .present?: return Digest(of: try contents(of: path, limit: .max))
        case .absent?, nil: return try below.digest(of: source(of: path))
        }
    }

    public func linkTarget(of path: AbsolutePath) throws(HostFault) -> String {
        let path = try key(of: path)
        switch entries[path] {
        case .present(_, .link(let target))?: return target
        case .present?, .absent?: throw HostFault("read", path.text, "it is no link")
        case nil: return try below.linkTarget(of: source(of: path))
        }
    }

    public func entries(of path: AbsolutePath) throws(HostFault) -> [String]? {
        let path = try key(of: path)
        guard try status(of: path)?.kind == .directory else { return nil }
        var names = try Set(namesBelow(path))
        for (name, isPresent) in listings[path] ?? [:] {
            if isPresent { names.insert(name) } else { names.remove(name) }
        }
        return names.sorted()
    }

    /// The names that the reader below has in a directory; none where the directory is new.
    private func namesBelow(_ path: AbsolutePath) throws(HostFault) -> [String] {
        if case .present(_, .newDirectory)? = entries[path] { return [] }
        let source = source(of: path)
        return try below.status(of: source)?.kind == .directory ? below.entries(of: source) ?? [] : []
    }

    public func document<Document: HostDocument>(
        _ type: Document.Type, at path: AbsolutePath
    ) throws(HostFault) -> Document? {
        if let found = accounts?.document(type, at: path) { return found }
        if let packages, path == packages.path, let found = packages.database as? Document { return found }
        let path = try key(of: path)
        switch entries[path] {
        case .absent?: return nil
        case .present(let status, .link)?:
            let end = try target(of: path)
            return status.owner == 0 && end != path ? try document(type, at: end) : nil
        case .present(_, .edited(let document))?:
            return document.document(as: type) ?? Document(parsing: document.bytes)
        case .present(let status, .content(let content))?:
            return status.kind == .file ? Document(parsing: try content.bytes) : nil
        case .present(_, .below(let source))?: return try below.document(type, at: source)
        case .present?: return nil
        case nil: return isBelowAbsent(path) ? nil : try below.document(type, at: source(of: path))
        }
    }

    public func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer {
        if case .serviceIsRunning(let unit) = probe, let isRunning = services[unit] { return .isRunning(isRunning) }
        if case .ownedFiles(let number, let kind, let owner) = probe, !ownershipChanges.isEmpty {
            return try ownedFiles(number, kind: kind, of: owner)
        }
        if case .processes(let number) = probe, endedProcesses.contains(number) { return .count(0) }
        if case .archive(var archive) = probe {
            archive.place = try place(of: archive.place)
            return try below.answer(to: .archive(archive))
        }
        let answer = try below.answer(to: probe)
        if probe == .locales, case .texts(let names) = answer {
            return .texts(names + locales.filter { !names.contains($0) })
        }
        guard hasNewSources, case .prediction(var prediction) = answer else { return answer }
        prediction.isOutdated = true
        return .prediction(prediction)
    }

    /// Where the reader below finds an archive.
    private func place(of archive: ArchiveSource.Place) throws(HostFault) -> ArchiveSource.Place {
        guard case .file(let written) = archive else { return archive }
        let path = try key(of: written)
        switch entries[path] {
        case .present(_, .content(let content))?: return .content(content)
        case .present(_, .below(let source))?: return .file(source)
        case .present?: return .content(.whole(Content(try contents(of: path, limit: .max))))
        case .absent?: throw HostFault.absent("read", path.text, kind: .missing)
        case nil: return .file(source(of: path))
        }
    }

    public func expect(_ probes: [Probe]) { below.expect(probes) }

    /// Counts the files of a number with those that got it in memory.
    private func ownedFiles(_ number: UInt32, kind: AccountKind, of owner: UInt32?) throws(HostFault) -> ProbeAnswer {
        var numbers: Set = [number], owners: Set = [owner]
        for change in ownershipChanges.reversed() {
            if change.kind == kind, numbers.contains(change.to) { numbers.insert(change.from) }
            if change.kind == .user, owners.contains(change.to) { owners.insert(change.from) }
        }
        var sum = 0
        for number in numbers {
            for owner in owners {
                let answer = try below.answer(to: .ownedFiles(number: number, kind: kind, of: owner))
                guard case .count(let count) = answer else { return answer }
                sum += count
            }
        }
        return .count(sum)
    }
}
