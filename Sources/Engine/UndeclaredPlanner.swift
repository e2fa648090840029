import Model

/// Plans what becomes of objects whose declaration is gone: what Lodestar created is removed, the rest released.
struct UndeclaredPlanner {
    let catalog: Catalog
    let host: any Host
    let types: [ResourceType]
    /// The plan of the declared resources.
    let declared: [PlannedResource]
    let holds: Holds

    /// In the reverse order of their apply. A site that compiles to nothing removes nothing.
    func plan(_ ledger: [LedgerEntry]) -> [PlannedResource] {
        if catalog.declarations.isEmpty || ledger.isEmpty { return [] }
        let owned = Set(catalog.declarations.flatMap { $0.resource.objects.map(\.text) })
        let entries = ledger.filter { entry in
            entry.custody != .released && !owned.contains(entry.object) && !catalog.dormant.contains(entry.address)
                && entry.partOf.map { catalog.dormant.contains($0.address) } != true
        }
        if entries.isEmpty { return [] }
        let needed = neededObjects, declaredAddresses = Set(catalog.declarations.map(\.address))
        let found = entries.sorted { $0.sequence > $1.sequence }.compactMap { entry in
            declaration(of: entry).map { (entry: entry, declaration: $0) }
        }
        return RemovalOrder(found.map(\.declaration.resource)).positions.map { position in
            var entry = found[position].entry
            entry.notified.removeAll { !declaredAddresses.contains($0) }
            if let hold = holds.hold(on: entry) {
                return PlannedResource(found[position].declaration, position: nil, by: hold)
            }
            return plan(entry, found[position].declaration, needed)
        }
    }

    /// The needs of the declarations, each with the first declaration that needs it.
    private var neededObjects: [HostObject: Address] {
        var needed: [HostObject: Address] = [:]
        for declaration in catalog.declarations where declaration.state == .present {
            for need in declaration.resource.needs where needed[need.object] == nil {
                needed[need.object] = declaration.address
            }
            // What fills a directory takes over what was declared in it.
            guard type(of: declaration.resource).isFilling, let filling = declaration.resource as? any Filling else {
                continue
            }
            for path in (try? filling.claims(on: host)) ?? [] { needed[.path(path)] = declaration.address }
        }
        return needed
    }

    /// nil where the ledger's type is unknown here.
    private func declaration(of entry: LedgerEntry) -> Declaration? {
        guard let type = types.named(entry.address.type) else { return nil }
        let place = Place(file: SourceFile("run \(entry.run)"), line: 0, column: 0)
        var faults = Diagnostics()
        let key = Node(.string(entry.address.key), at: place)
        var resource = type.swiftType.decoded(key: key, fields: entry.fields.entries, into: &faults)
        if let removable = resource as? any Removable { resource = removable.undeclared }
        if var bounded = resource as? any Bounded {
            bounded.claims = catalog.claims(without: entry.address)
            resource = bounded
        }
        var declaration = Declaration(
            address: entry.address, resource: resource, place: place,
            state: .absent, onUndeclared: entry.onUndeclared, partOf: entry.partOf)
        declaration.isPartial = faults.hasErrors
        return declaration
    }

    private func plan(
        _ entry: LedgerEntry, _ declaration: Declaration, _ needed: [HostObject: Address]
    ) -> PlannedResource {
        let resource = declaration.resource
        var planned = PlannedResource(declaration, position: nil, action: .remove)
        planned.reason = .custody(entry.custody, run: entry.run)
        let isRemoved =
            entry.custody == .created && type(of: resource).isRemovable && entry.onUndeclared != .release
            && (!type(of: resource).bearsData || entry.onUndeclared == .remove)
        guard isRemoved else {
            planned.action = .release
            return planned
        }
        if let user = resource.objects.lazy.compactMap({ needed[$0] }).first {
            planned.action = .release
            planned.reason = .needed(by: user)
            return planned
        }
        planned = removal(planned, isExplicit: entry.onUndeclared == .remove)
        if planned.action == .remove || isPurged(planned.declaration) { planned.refreshes = entry.notified }
        return planned
    }

    /// Whether a directory that removes strangers takes the object.
    private func isPurged(_ declaration: Declaration) -> Bool {
        guard let path = declaration.resource.objects.first?.file else { return false }
        return declared.contains { planned in
            planned.steps.contains { step in
                step.removesStranger && step.changedPath.map { path.isBelowOrEqual(to: $0) } == true
            }
        }
    }

    private func removal(_ planned: PlannedResource, isExplicit: Bool) -> PlannedResource {
        var planned = planned
        let successor = declared.first {
            [.refuse, .skip].contains($0.action) && $0.declaration.succeeds(planned.declaration)
        }
        if let successor {
            planned.action = .skip
            planned.reason = .blockedSuccessor(successor.address)
            return planned
        }
        do {
            let assessment = try planned.declaration.assessment(on: host)
            if assessment.isInPlace {
                planned.action = .release
                planned.reason = .gone
                return planned
            }
            planned.changes = assessment.changes
            planned.steps = assessment.steps
            planned.isObserved = true
            for result in host.perform(assessment.steps) { _ = try result.get() }
        } catch {
            planned.reason = Reason(error)
            planned.action = releasesWhenRefused(planned, isExplicit: isExplicit) ? .release : .refuse
        }
        return planned
    }

    /// Whether an object that cannot be removed is released: its declaration, which could be mended, is gone.
    private func releasesWhenRefused(_ planned: PlannedResource, isExplicit: Bool) -> Bool {
        switch planned.declaration.resource.objects.first {
        // The primary group of an account that stays.
        case .group?: true
        // A directory with foreign files bears data.
        case .path?: !isExplicit && planned.declaration.resource is any Containing
        default: false
        }
    }
}
