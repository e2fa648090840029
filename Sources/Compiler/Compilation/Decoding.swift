import Model

/// From the values of a resource to what its type makes of them.
extension HostCompilation {
    /// Decodes what an item declares; what is wrong goes to the outcome.
    func decoded() -> [Piece] {
        // Resources that may be on are decoded too, as far as their values are known.
        for resource in outcome.tentativeResources { _ = declaration(of: resource) }
        return outcome.declared.map { piece(of: $0) }
    }

    private func piece(of resource: DeclaredResource) -> Piece {
        var (declared, isBroken) = declaration(of: resource)
        if resource.type.isExpandable {
            if let dependent = declared.resource as? any FleetDependent, !isBroken {
                isBroken = !meet(dependent, &declared, resource)
            }
            if let composite = declared.resource as? any Expandable {
                return piece(of: resource, declared, composite, isBroken: isBroken)
            }
        }
        return Piece(resource: resource, declarations: [declared], relations: resource.relations, isBroken: isBroken)
    }

    /// What a composite becomes: each part is declared where the composite is, with all that is said about it.
    private func piece(
        of declared: DeclaredResource, _ composite: Declaration, _ resource: some Expandable, isBroken: Bool
    ) -> Piece {
        let label = Composite(composite.address, fields: RecordedFields(of: resource))
        let parts = isBroken ? [] : resource.parts
        let declarations = parts.map { part in
            if composite.state == .present, !composite.isPartial {
                for problem in part.problems { diagnostics.add(Self.diagnostic(for: problem, of: declared)) }
            }
            var declaration = composite
            declaration.address = part.address
            declaration.resource = part
            declaration.partOf = label
            declaration.onUndeclared = composite.onUndeclared ?? resource.undeclaredPolicy(of: part)
            return declaration
        }
        var piece = Piece(
            resource: declared, composite: composite, declarations: declarations, relations: declared.relations,
            isBroken: false)
        piece.sharesParts = type(of: resource).sharesParts
        piece.partRelations = resource.relations
        if composite.state == .present {
            piece.relations += resource.mentions.map { mention in
                .init(
                    kind: .require, address: mention.address, place: declared.place(of: mention.property),
                    property: mention.property, isOptional: mention.isOptional)
            }
        }
        return piece
    }

    /// Gives a composite the hosts that it asks for.
    ///
    /// - Returns: false where they cannot be told.
    private func meet(
        _ dependent: some FleetDependent, _ declaration: inout Declaration, _ resource: DeclaredResource
    ) -> Bool {
        guard declaration.state == .present, !declaration.isPartial else { return true }
        do throws(Diagnostic) {
            var dependent = dependent
            var choices: [HostChoice] = []
            for condition in dependent.hostConditions { choices.append(try choice(condition, of: resource)) }
            try dependent.meet(choices, CompiledPayloads(compilation: self))
            declaration.resource = dependent
            for problem in dependent.notes {
                var note = Self.diagnostic(for: problem, of: resource)
                note.severity = .note
                diagnostics.add(note)
            }
            return true
        } catch {
            diagnostics.add(Self.located(error, at: resource.place, "\(resource.address)"))
            return false
        }
    }

    private func declaration(of resource: DeclaredResource) -> (declaration: Declaration, isBroken: Bool) {
        let type = resource.type.swiftType
        var faults = Diagnostics()
        let decoded = type.decoded(key: resource.key, fields: resource.entries, into: &faults)
        let isPartial = resource.entries.contains { $0.value.hasUnknown }
        if resource.state == .present {
            type.reportMissing(in: resource.entries, at: resource.place, into: &faults)
            if !faults.hasErrors, !isPartial {
                for problem in decoded.problems { faults.add(Self.diagnostic(for: problem, of: resource)) }
            }
        }
        diagnostics.add(contentsOf: faults)
        let declaration = Declaration(
            address: resource.address, resource: decoded, place: resource.place, origin: resource.origin,
            state: resource.state, onUndeclared: resource.onUndeclared, tags: resource.tags, note: resource.note,
            isPartial: isPartial)
        return (declaration, faults.hasErrors)
    }

    private static func diagnostic(for problem: Problem, of resource: DeclaredResource) -> Diagnostic {
        Diagnostic(
            "\(resource.address): \(problem.text)", at: resource.place(of: problem.property),
            notes: resource.uses.map { .init("the role is used here", at: $0) })
    }
}
