import HostFiles
public import Model

/// Comparing an archive with what is there.
extension Archive {
    public func observe(on host: some HostReading) throws -> Observed? {
        var observed = Observed(record: try record(on: host))
        if let status = try host.status(of: path), try status.isOurs(.directory, at: path, replace: replace) {
            var directory = Archive()
            directory.mode = FileMode(status.permissions)
            try status.readOwners(owner, group, into: &directory.owner, &directory.group, on: host)
            observed.directory = directory
        }
        let region = try claims.region(below: path, on: host)
        if try !isKept(observed.record, on: host) {
            observed.digest = try digest(on: host)
            if observed.digest == nil, let file { observed.problem = Self.absence(of: file) }
            if let digest = observed.digest { try compare(digest, beside: region, on: host, into: &observed) }
        }
        let isUnpacked = !observed.entries.isEmpty && observed.isUnpacked
        let own = observed.record?.own ?? (isUnpacked ? observed.entries.filter { $0.kind != .directory } : [])
        observed.own = try present(own, beside: region, on: host)
        let isNothing = observed.directory == nil && observed.record == nil
        return isNothing && observed.digest == nil && observed.problem == nil ? nil : observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.record != nil || !observed.own.isEmpty }

    /// Whether `creates` says that nothing is compared.
    private func isKept(_ record: ArchiveRecord?, on host: some HostReading) throws -> Bool {
        guard let creates, try host.status(of: creates) != nil else { return false }
        guard let record else { return true }
        // Where nobody can tell which archive is wanted, it is no other one.
        guard record.isComplete, record.strip == strip ?? 0 else { return false }
        return try digest(on: host).map { $0 == record.digest } ?? true
    }

    /// The digest of the wanted archive; nil where nobody can tell.
    private func digest(on host: some HostReading) throws -> Digest? {
        if case .whole(let content)? = source?.content, content.isWithheld { return nil }
        if let source { return source.content.digest }
        guard let file else { return nil }
        if let sha256 { return Digest(hexadecimal: sha256) }
        return try host.status(of: file)?.kind == .file ? try host.digest(of: file) : nil
    }

    private static func absence(of file: AbsolutePath) -> Refusal {
        Refusal("there is no file \(file)", isMissing: true)
    }

    private func compare(
        _ digest: Digest, beside region: ClaimedRegion, on host: some HostReading, into observed: inout Observed
    ) throws {
        let known = observed.record.flatMap { $0.isOf(digest, strip ?? 0) ? $0.entries : nil }
        if let known {
            try look(at: known, beside: region, on: host, into: &observed)
            // Its files are wanted only where one differs.
            let needsContent = known.contains { entry in
                if case .file = entry.body { observed.contentDiffers(entry) } else { false }
            }
            if !needsContent { return }
        }
        if let file, try host.status(of: file)?.kind != .file { return observed.problem = Self.absence(of: file) }
        guard let place = source.map({ .content($0.content) }) ?? file.map({ ArchiveSource.Place.file($0) }) else {
            return
        }
        let answer = try host.answer(to: .archive(ArchiveSource(place, digest: digest, strip: strip ?? 0)))
        guard case .entries(let entries) = answer else { throw Refusal(answer.uncertainty) }
        if known != nil { return observed.entries = entries }
        try look(at: entries, beside: region, on: host, into: &observed)
    }

    /// Reads what is at the places of the entries.
    private func look(
        at entries: [ArchiveEntry], beside region: ClaimedRegion, on host: some HostReading,
        into observed: inout Observed
    ) throws {
        observed.entries = entries
        for entry in entries {
            let place = place(of: entry)
            if region.has(place) {
                observed.claimed.insert(entry.path)
                continue
            }
            guard let status = try host.status(of: place) else { continue }
            var found = Found(kind: status.kind, permissions: status.permissions)
            try status.readOwners(owner, group, into: &found.owner, &found.group, on: host)
            switch (entry.body, status.kind) {
            case (.directory, .directory): found.body = .directory
            case (.link, .link): found.body = .link(try host.linkTarget(of: place))
            case (.file(let wanted), .file):
                // Another size tells enough.
                let isSame = status.byteCount == wanted.byteCount
                found.body = .file(
                    .known(byteCount: status.byteCount, isSame ? try host.digest(of: place) : nil))
            case (.directory, _), (.link, _), (.file, _): break
            }
            observed.found[entry.path] = found
        }
    }

    /// Those of Lodestar's entries that are there; files first, then folders from within.
    private func present(
        _ entries: [ArchiveEntry], beside region: ClaimedRegion, on host: some HostReading
    ) throws -> [ArchiveEntry] {
        var files: [ArchiveEntry] = [], folders: [ArchiveEntry] = []
        for entry in entries {
            let place = place(of: entry)
            if region.has(place) || region.reaches(below: place) { continue }
            guard try host.status(of: place)?.kind == entry.kind else { continue }
            if entry.kind == .directory { folders.append(entry) } else { files.append(entry) }
        }
        let isInner = { (left: ArchiveEntry, right: ArchiveEntry) in
            right.path.text.utf8.lexicographicallyPrecedes(left.path.text.utf8)
        }
        return files + folders.sorted(by: isInner)
    }
}

extension ArchiveRecord {
    /// Whether an archive is unpacked, whole.
    func isOf(_ digest: Digest, _ strip: Int) -> Bool {
        isComplete && self.digest == digest && self.strip == strip
    }
}

extension Archive.Observed {
    /// The entries that no other resource declares.
    var ours: [ArchiveEntry] { entries.filter { !claimed.contains($0.path) } }

    /// Whether what is at the place of an entry is another thing.
    func contentDiffers(_ entry: ArchiveEntry) -> Bool {
        !claimed.contains(entry.path) && found[entry.path]?.body != entry.body
    }

    /// Whether everything is there as the archive has it.
    var isUnpacked: Bool { !ours.contains { contentDiffers($0) } && entries.contains { $0.kind != .directory } }

    /// The kinds of what Lodestar has at each path.
    var ownKinds: [AbsolutePath: Set<FileStatus.Kind>] {
        Dictionary((record?.own ?? []).map { ($0.path, [$0.kind]) }, uniquingKeysWith: { $0.union($1) })
    }
}
