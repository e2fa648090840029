import Model

/// Plans what becomes of objects whose declaration is gone: what Lodestar created is removed, the rest released.
struct UndeclaredPlanner {
    let catalog: Catalog
    let host: any Host
    let types: [ResourceType]

    /// In the reverse order of their apply. A site that compiles to nothing removes nothing.
    func plan(_ ledger: [LedgerEntry]) -> [PlannedResource] {
        if catalog.declarations.isEmpty { return [] }
        let owned = Set(catalog.declarations.flatMap { $0.resource.objects.map(\.text) })
        return ledger.filter { entry in
            entry.custody != .released && !owned.contains(entry.object) && !catalog.dormant.contains(entry.address)
        }.sorted { $0.sequence > $1.sequence }.compactMap { plan($0) }
    }

    /// Nil when the object is gone already: the ledger alone forgets it.
    private func plan(_ entry: LedgerEntry) -> PlannedResource? {
        guard let type = types.first(where: { $0.name == entry.address.type }) else { return nil }
        let place = Place(file: SourceFile("run \(entry.run)"), line: 0, column: 0)
        var faults = Diagnostics()
        let key = Node(.string(entry.address.key), at: place)
        var resource = type.swiftType.decoded(key: key, fields: entry.fields.entries, into: &faults)
        if let removable = resource as? any Removable { resource = removable.undeclared }
        var declaration = Declaration(
            address: entry.address, resource: resource, place: place,
            state: .absent, onUndeclared: entry.onUndeclared)
        declaration.isPartial = faults.hasErrors
        var planned = PlannedResource(declaration, position: nil, action: .remove)
        planned.reason = "\(entry.custody.rawValue) by run \(entry.run)"
        let isRemoved =
            entry.custody == .created && type.isRemovable && entry.onUndeclared != .release
            && (!type.bearsData || entry.onUndeclared == .remove)
        guard isRemoved else {
            planned.action = .release
            return planned
        }
        return removal(planned, isExplicit: entry.onUndeclared == .remove)
    }

    private func removal(_ planned: PlannedResource, isExplicit: Bool) -> PlannedResource? {
        var planned = planned
        do {
            let assessment = try planned.declaration.assessment(on: host)
            if assessment.isInPlace {
                planned.action = .release
                planned.reason = "it is gone already"
                return planned
            }
            planned.changes = assessment.changes
            planned.steps = assessment.steps
            planned.fingerprint = assessment.fingerprint
            for result in host.perform(assessment.steps) { _ = try result.get() }
        } catch {
            planned.reason = Reason(error).text
            // A directory with foreign files bears data.
            planned.action = isExplicit || planned.address.type != "directory" ? .refuse : .release
        }
        return planned
    }
}
