public import Model

/// Brings back what was there before a run: a catalog of declarations of what was, for the planner and the converger.
public struct Undo {
    let run: PastRun
    let host: any HostReading
    let types: [ResourceType]
    let ledger: LedgerIndex
    /// The resources whose changes are taken back; empty: all of the run.
    let only: Set<Address>
    /// The resources whose changes stay.
    private(set) var skipped: Set<Address>

    public init(
        _ run: PastRun, on host: any HostReading, types: [ResourceType], ledger: [LedgerEntry], only: Set<Address> = [],
        skipped: Set<Address> = []
    ) {
        self.run = run
        self.host = host
        self.types = types
        self.ledger = LedgerIndex(ledger)
        self.only = only
        self.skipped = skipped
    }

    /// What is to be brought back, and which resources of the run each declaration takes back.
    public struct Outline {
        public var catalog: Catalog
        /// The changes that nothing can take back, each with the reason: only without them something is done.
        public var lost: [(address: Address, reason: Reason)]
        /// What is left as it is, with the reason.
        public var left: [(address: Address, reason: Reason)] = []
        /// By the address of the declaration.
        var origins: [Address: [Address]] = [:]
        /// The resources of which everything is as it was.
        var settled: [Address] = []
        /// Directories that a person fills, which stay.
        public var kept: [AbsolutePath] = []
    }

    /// All but the resources of which something is lost, which are left as they are.
    public func partialOutline(for identity: HostIdentity) -> Outline {
        var undo = self, left: [(address: Address, reason: Reason)] = []
        while true {
            var outline = undo.outline(for: identity)
            if outline.lost.isEmpty {
                outline.left = left
                return outline
            }
            left += outline.lost.filter { !undo.skipped.contains($0.address) }
            undo.skipped.formUnion(outline.lost.map(\.address))
        }
    }

    /// - Parameters:
    ///   - identity: the host that the plan is for.
    ///   - leavesLost: whether what nothing brings back is left out of the plan, so that nothing waits for it.
    public func outline(for identity: HostIdentity, leavesLost: Bool = false) -> Outline {
        var list = RestorationList(run: run.number)
        for change in orderedChanges {
            guard only.isEmpty || !only.isDisjoint(with: change.addresses), !skipped.isSuperset(of: change.addresses)
            else { continue }
            let place = Place(
                file: SourceFile(change.addresses.first.flatMap { run.places[$0] } ?? "run \(run.number)"), line: 0,
                column: 0)
            if case .path(let image) = change.before, image.body == .withheld(.data), image.status == nil {
                list.kept.append(image.path)
                continue
            }
            do {
                let stays = { (address: Address) in
                    skipped.contains(address) || !only.isEmpty && !only.contains(address)
                }
                if let stranger = change.addresses.first(where: stays) {
                    throw Reason.lost("\(stranger) changed the same file in one write: both come back or none")
                }
                guard let restoration = try restoration(of: change) else {
                    list.settled += change.addresses
                    continue
                }
                if case .path(let image) = change.before, restoration.state == .present {
                    for folder in try missingFolders(above: image.path) where !list.owns(folder) {
                        list.add(Restoration(try types.object(.directory, at: folder)), of: change.addresses, at: place)
                    }
                }
                list.add(restoration, of: change.addresses, at: place)
            } catch {
                let reason = Reason(error)
                if case .lost = reason { list.lost += change.addresses.map { ($0, reason) } }
                if leavesLost {
                    list.left += change.addresses.map { ($0, reason) }
                } else {
                    list.add(Restoration(Irretrievable(change, reason)), of: change.addresses, at: place)
                }
            }
        }
        addRefreshes(to: &list)
        var outline = list.outline(for: identity, revision: "the undo of run \(run.number)")
        let composites = composites
        for (position, declaration) in outline.catalog.declarations.enumerated() {
            let origin = outline.origins[declaration.address]?.first ?? declaration.address
            outline.catalog.declarations[position].partOf = composites[origin]
        }
        return outline
    }

    /// The composites whose parts the run changed.
    private var composites: [Address: Composite] {
        Dictionary(
            (ledger.entries + run.goneEntries).compactMap { entry in entry.partOf.map { (entry.address, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The reverse order of the run, but for the files of a resource that have the last word, and for what starts with
    /// what comes back.
    private var orderedChanges: [PastChange] {
        var changes = run.changes
        for (position, change) in changes.enumerated() {
            guard let type = types.restorable(change), type.filesComeLast, let address = change.addresses.first,
                let first = changes.firstIndex(where: { $0.addresses.contains(address) })
            else { continue }
            changes.remove(at: position)
            changes.insert(change, at: first)
        }
        return changes.filter { !comesBackLast($0) } + changes.filter(comesBackLast)
    }

    private func comesBackLast(_ change: PastChange) -> Bool {
        guard case .resource(let before?) = change.before, let address = change.addresses.first,
            let resource = try? resource(address, before) as? any Restorable
        else { return false }
        return resource.comesBackLast
    }

    /// What brings one thing back; nil where it is as it was.
    private func restoration(of change: PastChange) throws -> Restoration? {
        guard run.isFinished, let after = try change.after ?? present(of: change) else {
            if case .unsaid = change.before { throw lostEffect(of: change) }
            throw Reason.lost("run \(run.number) was interrupted: what it left of it is not known")
        }
        switch (change.before, after) {
        case (.path(let before), .path(let after)):
            let restorer = PathRestorer(before: before, after: after, run: run.number, types: types, host: host)
            return try restorer.restoration()
        case (.resource(let before), .resource(let after)):
            guard let address = change.addresses.first else { return nil }
            return try restoration(of: address, from: after, to: before)
        case (.unsaid, _), (.path, _), (.resource, _): throw lostEffect(of: change)
        }
    }

    /// What is there now, where that is what the run left.
    private func present(of change: PastChange) throws -> Image.Subject? {
        guard run.isContinued else { return nil }
        switch change.before {
        case .path(let image):
            let keeping: PathImage.Keeping = image.body == .withheld(.untouched) ? .nothing : .content
            return .path(PathImage(after: image.path, keeping: keeping, on: host))
        case .resource(let before):
            guard let address = change.addresses.first,
                let known = before ?? ledger.entries.first(where: { $0.address == address })?.fields,
                let resource = try resource(address, known) as? any Restorable
            else { return nil }
            return .resource(try resource.said(on: host))
        case .unsaid: return nil
        }
    }

    /// The directories that went with the last entry, the outermost first.
    private func missingFolders(above path: AbsolutePath) throws -> [AbsolutePath] {
        var missing: [AbsolutePath] = []
        for folder in sequence(first: path, next: \.parent).dropFirst() {
            if try host.status(of: folder) != nil { break }
            missing.append(folder)
        }
        return missing.reversed()
    }

    private func lostEffect(of change: PastChange) -> Reason {
        .lost("nobody knows what \(change.addresses.first?.type ?? "it") did: it cannot be undone")
    }

    private func restoration(
        of address: Address, from after: RecordedFields?, to before: RecordedFields?
    ) throws -> Restoration? {
        guard let known = after ?? before, let resource = try resource(address, known) as? any Restorable else {
            return nil
        }
        if !only.contains(address), let loss = type(of: resource).beyondUndo { throw Reason.lost(loss) }
        let present = try resource.said(on: host)
        if present == before { return nil }
        guard present == after else { throw Reason.changedSinceRun(run.number, property: nil) }
        guard let before else {
            guard type(of: resource).isRemovable else { throw Reason.lost("a \(address.type) is never taken away") }
            return Restoration(resource, state: .absent)
        }
        return Restoration(try self.resource(address, before))
    }

    private func resource(_ address: Address, _ fields: RecordedFields) throws -> any Resource {
        guard let type = types.named(address.type) else {
            throw Reason.lost("this binary does not know the type \(address.type)")
        }
        return type.resource(address.key, fields.entries.filter { !$0.value.isWithheld })
    }

    /// The services that were told of the changes hear of them again.
    private func addRefreshes(to list: inout RestorationList) {
        let entries = Dictionary(
            (ledger.entries + run.goneEntries).map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
        for (address, positions) in list.positions {
            for target in entries[address]?.notified ?? [] {
                guard let entry = entries[target], let type = types.named(target.type) else {
                    continue
                }
                let parameters = Set(type.fields.filter { $0.role == .parameter }.map(\.name))
                let fields = entry.fields.entries.filter { parameters.contains($0.key) }
                list.notify(type.resource(target.key, fields), of: positions)
            }
        }
    }
}

extension ResourceType {
    /// A resource of the type as it was recorded: what cannot be read of it is left out.
    func resource(_ key: String, _ fields: [Node.Entry]) -> any Resource {
        var faults = Diagnostics()
        return swiftType.decoded(key: Node(.string(key), at: .nowhere), fields: fields, into: &faults)
    }
}

extension [ResourceType] {
    func named(_ name: String) -> ResourceType? { first { $0.name == name } }

    /// The type of what a change brings back by a declaration; nil for a path.
    func restorable(_ change: PastChange) -> (any Restorable.Type)? {
        guard case .resource = change.before, let address = change.addresses.first else { return nil }
        return named(address.type)?.swiftType as? any Restorable.Type
    }

    /// What is, or was, at a path, as a resource of the type that is called as its kind.
    func object(
        _ kind: FileStatus.Kind, at path: AbsolutePath, _ fields: [(String, Node.Content)] = []
    ) throws -> any Resource {
        guard let type = named(kind.rawValue) else { throw Reason.lost("a \(kind.rawValue) was at \(path)") }
        return type.resource(
            path.text, fields.map { Node.Entry(key: $0.0, keyPlace: .nowhere, value: Node($0.1, at: .nowhere)) })
    }
}

extension Restorable {
    /// What is more than files of it now, as a declaration says it.
    fileprivate func said(on host: some HostReading) throws -> RecordedFields? {
        former(try observe(on: host)).map { RecordedFields(of: $0) }
    }
}
