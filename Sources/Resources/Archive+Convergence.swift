import SystemFiles
public import Model

/// Comparing an archive with what is there, unpacking it, and taking away what was unpacked.
extension Archive {
    public func observe(on host: some HostReading) throws -> Observed? {
        let region = try claims.region(below: path, on: host)
        let record = try tree.record(on: host)
        var digest: Digest?, problem: Refusal?
        if try !isKept(record, on: host) {
            digest = try self.digest(on: host)
            if digest == nil, let file { problem = Self.absence(of: file) }
        }
        let tree = try tree.observe(digest.map(revision), beside: region, on: host) {
            if let file, try host.status(of: file)?.kind != .file {
                problem = Self.absence(of: file)
                return nil
            }
            guard let digest,
                let place = source.map({ .content($0.content) }) ?? file.map({ ArchiveSource.Place.file($0) })
            else { return nil }
            let answer = try host.answer(to: .archive(ArchiveSource(place, digest: digest, strip: strip ?? 0)))
            guard case .entries(let entries) = answer else { throw Refusal(answer.uncertainty) }
            return entries
        }
        let isNothing = tree.directory == nil && tree.record == nil
        return isNothing && digest == nil && problem == nil ? nil : Observed(tree: tree, problem: problem)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.tree.isPresent }

    /// What the record says of an archive.
    private func revision(_ digest: Digest) -> String { "\(digest.hexadecimal)/\(strip ?? 0)" }

    /// Whether `creates` says that nothing is compared.
    private func isKept(_ record: TreeRecord?, on host: some HostReading) throws -> Bool {
        guard let creates, try host.status(of: creates) != nil else { return false }
        guard let record else { return true }
        // Where nobody can tell which archive is wanted, it is no other one.
        guard record.isComplete, record.revision.hasSuffix("/\(strip ?? 0)") else { return false }
        return try digest(on: host).map { revision($0) == record.revision } ?? true
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

    public func changes(from observed: Observed?) -> [Change] {
        let directory = (observed?.tree.directory).map { found in
            var directory = Archive()
            (directory.owner, directory.group) = (found.owner, found.group)
            directory.mode = FileMode(found.permissions)
            return directory
        }
        let changes = Self.propertyChanges(from: directory, to: self, replacing: ["source": nil, "file": nil])
        guard let observed else { return changes }
        if observed.problem != nil { return changes + [Change(tree.property, from: nil, to: file?.shown)] }
        return tree.changes(from: observed.tree, beside: changes)
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        if let problem = observed?.problem { throw problem }
        let changes = Differences<Archive>(changes(from: observed))
        return try tree.steps(
            from: observed?.tree ?? PlacedTree.Observed(),
            changesDirectory: [\.owner, \.group, \.mode].contains { changes.contains($0) })
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] { try tree.removal(of: observed.tree) }
}
