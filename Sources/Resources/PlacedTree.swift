import SystemFiles
import Model

/// Folders, files and links that one resource has below a directory: what an archive brings, or a commit. A record tells them
/// from what others made there.
struct PlacedTree {
    var path: AbsolutePath
    var owner: Owner?
    var group: Owner?
    /// Of the directory.
    var mode: FileMode?
    var replace: Bool?
    /// The property of which the entries are the value.
    var property: String
    /// Whether a file that somebody edited is never taken unasked.
    var keepsEdits = false

    struct Observed: Sendable {
        /// What the directory is; nil where there is none.
        var directory: Found?
        var record: TreeRecord?
        /// What is wanted; nil where nothing is compared.
        var revision: String?
        /// What the revision brings.
        var entries: [TreeEntry] = []
        /// The places among them where another resource says what is there.
        var claimed: Set<AbsolutePath> = []
        /// The folders among those that are not there yet.
        var awaited: [TreeEntry] = []
        /// What is at the places of the others, by their paths in the tree.
        var found: [AbsolutePath: Found] = [:]
        /// What Lodestar placed that is still there; files first, then folders from within.
        var own: [TreeEntry] = []
        /// Files and links of the tree that were there before; they go only where the tree is declared absent.
        var kept: [TreeEntry] = []
        /// The places of files and links that are not as Lodestar left them.
        var edited: [AbsolutePath] = []
    }

    /// What is at the place of an entry.
    struct Found: Sendable {
        var kind: FileStatus.Kind
        var permissions: Permissions
        /// Files by their digests, links by their targets; nil for what has neither.
        var body: TreeEntry.Body?
        var owner: Owner?
        var group: Owner?
    }

    var recordPath: AbsolutePath { TreeRecord.path(of: path) }

    func record(on host: some HostReading) throws -> TreeRecord? {
        guard try host.status(of: recordPath)?.kind == .file else { return nil }
        return try host.document(TreeRecord.self, at: recordPath)
    }

    /// The places of the entries, as the record tells.
    func claims(on host: some HostReading) throws -> [AbsolutePath] {
        try record(on: host)?.entries.map { place(of: $0) } ?? []
    }

    func place(of entry: TreeEntry) -> AbsolutePath { path.appending(String(entry.path.text.dropFirst())) }

    /// - Parameters:
    ///   - revision: what is wanted, a word; nil where nothing is compared.
    ///   - region: what other resources have below the directory.
    ///   - entries: what the revision brings, asked for only where the record does not tell enough; nil where it cannot be had.
    func observe(
        _ revision: String?, beside region: ClaimedRegion, on host: some HostReading, entries: () throws -> [TreeEntry]?
    ) throws -> Observed {
        var observed = Observed(record: try record(on: host), revision: revision)
        if let status = try host.status(of: path), try status.isOurs(.directory, at: path, replace: replace) {
            observed.directory = try found(status, at: path, like: .directory, on: host)
        }
        if let revision { try compare(revision, beside: region, on: host, into: &observed, entries) }
        let isUnpacked = !observed.entries.isEmpty && observed.isUnpacked
        let own = observed.record?.own ?? (isUnpacked ? observed.entries.filter { $0.kind != .directory } : [])
        observed.own = try present(own, beside: region, on: host)
        if let record = observed.record {
            let kept = record.entries.filter { record.foreign.contains($0.path) && $0.kind != .directory }
            observed.kept = try present(kept, beside: region, on: host)
        }
        if keepsEdits { observed.edited = try edited(observed, beside: region, on: host) }
        return observed
    }

    private func compare(
        _ revision: String, beside region: ClaimedRegion, on host: some HostReading, into observed: inout Observed,
        _ ask: () throws -> [TreeEntry]?
    ) throws {
        let known = observed.record.flatMap { $0.isOf(revision) ? $0.entries : nil }
        if let known {
            try look(at: known, beside: region, on: host, into: &observed)
            // Its files are wanted only where one differs.
            let needsContent = known.contains { entry in
                if case .file = entry.body { observed.contentDiffers(entry) } else { false }
            }
            if !needsContent { return }
        }
        guard let entries = try ask() else { return }
        if known != nil { return observed.entries = entries }
        try look(at: entries, beside: region, on: host, into: &observed)
    }

    /// Reads what is at the places of the entries.
    private func look(
        at entries: [TreeEntry], beside region: ClaimedRegion, on host: some HostReading, into observed: inout Observed
    ) throws {
        observed.entries = entries
        for entry in entries {
            let place = place(of: entry)
            if region.has(place) {
                observed.claimed.insert(entry.path)
                if entry.kind == .directory, try status(at: place, on: host) == nil { observed.awaited.append(entry) }
            } else if let status = try status(at: place, on: host) {
                observed.found[entry.path] = try found(status, at: place, like: entry.body, on: host)
            }
        }
    }

    /// What is at a place of the tree itself: nothing is there where a link above leads to it.
    private func status(at place: AbsolutePath, on host: some HostReading) throws -> FileStatus? {
        let top = try host.place(of: path.appending("x")).parent ?? .root
        let inner = top.appending(String(place.text.utf8.dropFirst(path.text.utf8.count + 1)) ?? place.name)
        return try host.place(of: place) == inner ? host.status(of: place) : nil
    }

    private func found(
        _ status: FileStatus, at place: AbsolutePath, like wanted: TreeEntry.Body, on host: some HostReading
    ) throws -> Found {
        var found = Found(kind: status.kind, permissions: status.permissions)
        try status.readOwners(owner, group, into: &found.owner, &found.group, on: host)
        switch (wanted, status.kind) {
        case (.directory, .directory): found.body = .directory
        case (.link, .link): found.body = .link(try host.linkTarget(of: place))
        case (.file(let content), .file):
            // Another size tells enough.
            let isSame = status.byteCount == content.byteCount
            found.body = .file(.known(byteCount: status.byteCount, isSame ? try host.digest(of: place) : nil))
        case (.directory, _), (.link, _), (.file, _): break
        }
        return found
    }

    /// Those of Lodestar's entries that are there; files first, then folders from within.
    private func present(
        _ entries: [TreeEntry], beside region: ClaimedRegion, on host: some HostReading
    ) throws -> [TreeEntry] {
        var files: [TreeEntry] = [], folders: [TreeEntry] = []
        for entry in entries {
            let place = place(of: entry)
            if region.has(place) || region.reaches(below: place) { continue }
            guard try status(at: place, on: host)?.kind == entry.kind else { continue }
            if entry.kind == .directory { folders.append(entry) } else { files.append(entry) }
        }
        let isInner = { (left: TreeEntry, right: TreeEntry) in
            right.path.text.utf8.lexicographicallyPrecedes(left.path.text.utf8)
        }
        return files + folders.sorted(by: isInner)
    }

    /// The files and links that are neither as the record has them, nor as what may be left of before, nor as they are wanted.
    private func edited(
        _ observed: Observed, beside region: ClaimedRegion, on host: some HostReading
    ) throws -> [AbsolutePath] {
        guard let record = observed.record else { return [] }
        var bodies: [AbsolutePath: [TreeEntry.Body]] = [:]
        for entry in record.entries + record.former where entry.kind != .directory {
            bodies[entry.path, default: []].append(entry.body)
        }
        for entry in observed.entries where bodies[entry.path] != nil { bodies[entry.path]?.append(entry.body) }
        var edited: [AbsolutePath] = []
        for (path, bodies) in bodies {
            let place = self.path.appending(String(path.text.dropFirst()))
            guard !region.has(place), let status = try status(at: place, on: host) else { continue }
            let isKnown = try bodies.contains { try found(status, at: place, like: $0, on: host).body == $0 }
            if !isKnown { edited.append(place) }
        }
        return edited.sorted()
    }
}

extension TreeRecord {
    /// Whether a revision is placed, whole.
    func isOf(_ revision: String) -> Bool { isComplete && self.revision == revision }
}

extension PlacedTree.Observed {
    /// The entries that no other resource declares.
    var ours: [TreeEntry] { entries.filter { !claimed.contains($0.path) } }

    /// Whether what is at the place of an entry is another thing.
    func contentDiffers(_ entry: TreeEntry) -> Bool {
        !claimed.contains(entry.path) && found[entry.path]?.body != entry.body
    }

    /// Whether everything is there as the revision has it.
    var isUnpacked: Bool { !ours.contains { contentDiffers($0) } && entries.contains { $0.kind != .directory } }

    /// Whether anything is Lodestar's.
    var isPresent: Bool { record != nil || !own.isEmpty }

    /// The kinds of what Lodestar made at each path.
    var ownKinds: [AbsolutePath: Set<FileStatus.Kind>] {
        Dictionary((record?.own ?? []).map { ($0.path, [$0.kind]) }, uniquingKeysWith: { $0.union($1) })
    }

    /// Whether Lodestar may write over what is at the place of an entry: what it made, and of one kind with the entry what was
    /// there before and is of the tree.
    func isManaged(_ entry: TreeEntry, _ found: PlacedTree.Found, _ own: [AbsolutePath: Set<FileStatus.Kind>]) -> Bool {
        own[entry.path]?.contains(found.kind) == true
            || (found.kind == entry.kind && record?.foreign.contains(entry.path) == true)
    }
}
