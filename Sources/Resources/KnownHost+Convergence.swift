import SystemFiles
public import Model

extension KnownHost {
    public func claims(on host: some HostReading) throws -> [AbsolutePath] {
        declaredPaths + (try place(on: host).map { [$0.path] } ?? [])
    }

    /// Where the host's keys are; nil where there is no such account.
    private func place(on host: some HostReading) throws -> Observed? {
        guard let user else { return Observed(path: Self.system) }
        guard let entry = try host.account(.name(user)) else { return nil }
        guard let home = entry.home else { throw Refusal("the account \(user) has no home") }
        return Observed(path: home.appending(".ssh/known_hosts"), owner: .name(user), group: .number(entry.gid))
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard var observed = try place(on: host) else { return nil }
        let folder = observed.path.parent ?? .root
        if let status = try host.status(of: folder) {
            try status.mustBe(.directory, at: folder)
        } else {
            observed.hasFolder = false
        }
        if let status = try host.status(of: observed.path) { try status.mustBe(.file, at: observed.path) }
        guard let document = try host.document(TextLines.self, at: observed.path) else { return observed }
        observed.isInPlace = try document.isUnchanged(by: KnownHostEdit(record))
        observed.isPresent = try !document.isUnchanged(by: KnownHostEdit(record, isPresent: false))
        observed.keys = document.knownHosts(of: record).map(\.key)
        observed.revoked = document.revocation(of: record)
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.isPresent }

    public func changes(from observed: Observed?) -> [Change] {
        guard let keys, let observed else { return Self.propertyChanges(from: nil, to: self) }
        if let line = observed.revoked {
            return [Change("keys", from: .text("revoked in line \(line.position + 1)"), to: keys.shown)]
        }
        if observed.isInPlace { return [] }
        if !observed.isPresent { return Self.propertyChanges(from: nil, to: self) }
        let change = keys.change("keys", from: observed.keys) { $0.line }
        return [
            change
                ?? Change(
                    "names", from: .text("others, or in another form"), to: .text(record.names.joined(separator: ", ")))
        ]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else {
            throw Refusal("the account \(user?.text ?? "") does not exist", isMissing: true)
        }
        if changes(from: observed).isEmpty { return [] }
        if let line = observed.revoked {
            throw Refusal(
                "line \(line.position + 1) of \(observed.path) revokes the key \(line.key.type) \(line.key.blob)")
        }
        var steps: [Step] = []
        if !observed.hasFolder, user != nil, let folder = observed.path.parent {
            let mode = FileMode(Permissions(0o700))
            let attributes = Attributes(owner: observed.owner, group: observed.group, mode: mode)
            steps.append(.makeDirectory(DirectoryCreation(folder, attributes: attributes)))
        }
        let mode = FileMode(Permissions(user == nil ? 0o644 : 0o600))
        let creation = Attributes(owner: observed.owner, group: observed.group, mode: mode)
        return steps + [.editFile(FileEdit(observed.path, KnownHostEdit(record), creation: creation))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        [.editFile(FileEdit(observed.path, KnownHostEdit(record, isPresent: false)))]
    }
}
