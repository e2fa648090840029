import Model

/// Decodes declared resources, finds conflicts, draws the edges and puts everything into the order of apply.
struct CatalogBuilder {
    private let compilation: HostCompilation
    private var declarations: [Declaration] = []
    /// What an address stands for: positions in `declarations`, several for a composite.
    private var positions: [Address: [Int]] = [:]
    /// The relations of the declared resources, with the positions of what they stand for.
    private var relations: [(positions: [Int], list: [DeclaredResource.Relation])] = []
    /// The relations among the parts of composites, by position.
    private var partEdges: [Edge] = []
    /// Where roles were used, by position, the outermost first.
    private var uses: [[Place]] = []
    private(set) var composites: [Declaration] = []
    /// The positions of the parts that composites may have in common.
    private var common: [Address: Int] = [:]
    /// The positions of what could not be decoded: what it owns is not known.
    private var broken: Set<Int> = []
    private(set) var diagnostics = Diagnostics()

    init(_ compilation: HostCompilation) {
        self.compilation = compilation
    }

    consuming func built() -> (catalog: Catalog?, composites: [Declaration], diagnostics: Diagnostics) {
        decode()
        diagnostics.add(
            contentsOf: Ownership.conflicts(in: declarations, uses: uses, without: broken))
        var edges = EdgeBuilder(declarations)
        edges.addNeeds()
        for edge in partEdges { edges.add(edge) }
        addRelations(to: &edges)
        edges.addPackageSources()
        let order: [Int]
        switch Topology.order(count: declarations.count, edges.edges, early: accountsThatGo, late: groupsThatGo) {
        case .order(let sorted): order = sorted
        case .cycles(let cycles):
            for cycle in cycles { diagnostics.add(Self.diagnostic(for: cycle, declarations)) }
            return (nil, composites, diagnostics)
        }
        return (catalog(order, edges.edges), composites, diagnostics)
    }

    /// Others may take the number of an account that goes.
    private var accountsThatGo: Set<Int> {
        Set(
            declarations.indices.filter {
                guard declarations[$0].state == .absent else { return false }
                return if case .user? = declarations[$0].resource.objects.first { true } else { false }
            })
    }

    /// A group goes after all accounts: whose primary group it is, only the host knows.
    private var groupsThatGo: Set<Int> {
        Set(declarations.indices.filter { declarations[$0].state == .absent && declarations[$0].isGroup })
    }

    private mutating func decode() {
        declarations.reserveCapacity(compilation.declared.count)
        // Resources that may be on are decoded too, as far as their values are known.
        for resource in compilation.tentativeResources { _ = declaration(of: resource, isTentative: true) }
        for resource in compilation.declared {
            var declared = declaration(of: resource)
            let first = declarations.count
            let own: [Int]
            if let dependent = declared.resource as? any FleetDependent { meet(dependent, &declared, resource) }
            if let composite = declared.resource as? any Expandable {
                own = add(parts(of: declared, composite, resource), of: composite, goes: declared.state == .absent)
            } else {
                own = [first]
                declarations.append(declared)
            }
            positions[resource.address] = own
            uses += (first..<declarations.count).map { _ in resource.uses }
            relations.append((own, relations(of: resource, declared)))
        }
        for (position, declaration) in declarations.enumerated() where positions[declaration.address] == nil {
            positions[declaration.address] = [position]
        }
    }

    /// What a composite becomes: each part is declared where the composite is, with all that is said about it.
    private mutating func parts(
        of composite: Declaration, _ resource: some Expandable, _ declared: DeclaredResource
    ) -> [Declaration] {
        composites.append(composite)
        if broken.remove(declarations.count) != nil { return [] }
        let label = Composite(composite.address, fields: RecordedFields(of: resource))
        return resource.parts.map { part in
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
    }

    /// Adds the parts of a composite, and the edges among them.
    ///
    /// - Parameter goes: whether the parts are taken away, which happens the other way round.
    /// - Returns: the positions of the parts.
    private mutating func add(_ parts: [Declaration], of composite: some Expandable, goes: Bool) -> [Int] {
        var places: [Address: Int] = [:], own: [Int] = []
        for part in parts {
            let position = type(of: composite).sharesParts ? commonPosition(of: part) : nil
            if position == nil { declarations.append(part) }
            own.append(position ?? declarations.count - 1)
            if places[part.address] == nil { places[part.address] = own.last }
        }
        for relation in composite.relations {
            guard let from = places[relation.from], let to = places[relation.to] else { continue }
            var edge = Edge(
                from: goes ? to : from, to: goes ? from : to, reason: "part of the same",
                isNotification: relation.isNotification && !goes)
            edge.notifiesWhenGone = relation.notifiesWhenGone
            partEdges.append(edge)
        }
        return own
    }

    /// The position of a part that another composite of the type has added with the same words; nil for a new one.
    private mutating func commonPosition(of part: Declaration) -> Int? {
        guard let position = common[part.address] else {
            common[part.address] = declarations.count
            return nil
        }
        let first = declarations[position]
        if !first.isSame(as: part) {
            let names = [part, first].map { $0.partOf?.address ?? $0.address }
            diagnostics.add(
                Diagnostic(
                    "expected one owner of \(part.address), found \(names[0]) beside \(names[1]), which says something else of it",
                    at: part.place, notes: [.init("\(names[1])", at: first.place)]))
        }
        return position
    }

    /// Gives a composite the hosts that it asks for.
    private mutating func meet(
        _ dependent: some FleetDependent, _ declaration: inout Declaration, _ resource: DeclaredResource
    ) {
        guard declaration.state == .present, !declaration.isPartial, !broken.contains(declarations.count) else {
            return
        }
        do throws(Diagnostic) {
            var dependent = dependent
            var choices: [HostChoice] = []
            for condition in dependent.hostConditions {
                choices.append(try compilation.choice(condition, of: resource))
            }
            try dependent.meet(choices, CompiledPayloads(compilation: compilation))
            declaration.resource = dependent
            for problem in dependent.notes {
                var note = Self.diagnostic(for: problem, of: resource)
                note.severity = .note
                diagnostics.add(note)
            }
        } catch {
            broken.insert(declarations.count)
            diagnostics.add(HostCompilation.located(error, at: resource.place, "\(resource.address)"))
        }
    }

    /// The relations of a resource, with those that its properties mean.
    private func relations(of declared: DeclaredResource, _ declaration: Declaration) -> [DeclaredResource.Relation] {
        guard let composite = declaration.resource as? any Expandable, declaration.state == .present else {
            return declared.relations
        }
        return declared.relations
            + composite.mentions.map { mention in
                .init(
                    kind: .require, address: mention.address, place: declared.place(of: mention.property),
                    property: mention.property, isOptional: mention.isOptional)
            }
    }

    private static func diagnostic(for problem: Problem, of resource: DeclaredResource) -> Diagnostic {
        Diagnostic(
            "\(resource.address): \(problem.text)", at: resource.place(of: problem.property),
            notes: resource.uses.map { .init("the role is used here", at: $0) })
    }

    private mutating func declaration(of resource: DeclaredResource, isTentative: Bool = false) -> Declaration {
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
        if faults.hasErrors, !isTentative { broken.insert(declarations.count) }
        diagnostics.add(contentsOf: faults)
        return Declaration(
            address: resource.address, resource: decoded, place: resource.place, origin: resource.origin,
            state: resource.state, onUndeclared: resource.onUndeclared, tags: resource.tags, note: resource.note,
            isPartial: isPartial)
    }

    private mutating func addRelations(to edges: inout EdgeBuilder) {
        for (own, list) in relations {
            for relation in list {
                guard let others = positions[relation.address] else {
                    reportUnknown(relation)
                    continue
                }
                let targets = relation.kind == .notify ? others : own
                if relation.isNotification, let target = targets.first, !targets.contains(where: isRefreshable) {
                    let found = declarations[target].partOf?.address ?? declarations[target].address
                    diagnostics.add(
                        Diagnostic(
                            "`\(relation.name)`: expected a type that can be refreshed, found \(found)",
                            at: relation.place, hint: "`before` and `require` only say the order"))
                    continue
                }
                let isForward = relation.kind == .notify || relation.kind == .before
                // What both have in common comes before neither.
                let common = Set(own).intersection(others)
                for position in own where !common.contains(position) {
                    for other in others where !common.contains(other) {
                        edges.add(
                            Edge(
                                from: isForward ? position : other, to: isForward ? other : position,
                                reason: relation.name,
                                isNotification: relation.isNotification && isRefreshable(isForward ? other : position),
                                place: relation.place))
                    }
                }
            }
        }
    }

    private func isRefreshable(_ position: Int) -> Bool {
        compilation.site.types[declarations[position].address.type]?.isRefreshable != false
    }

    private mutating func reportUnknown(_ relation: DeclaredResource.Relation) {
        if relation.isOptional { return }
        if compilation.dormant.contains(relation.address) || compilation.tentative.contains(relation.address) { return }
        if !compilation.areFactsKnown, compilation.site.mentions(relation.address.type) { return }
        let known = positions.keys.map(\.description)
        diagnostics.add(
            Diagnostic(
                "`\(relation.name)`: expected a declared resource, found \(relation.address)",
                at: relation.place,
                hint: known.count <= 200 ? Spelling.hint(for: relation.address.description, among: known) : nil))
    }

    private func catalog(_ order: [Int], _ edges: [Edge]) -> Catalog {
        var places = Array(repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { places[old] = new }
        let moved = edges.map {
            var edge = $0
            edge.from = places[$0.from]
            edge.to = places[$0.to]
            return edge
        }
        let site = compilation.site
        let digest = compilation.hasDigest ? digest : Digest(of: "")
        return Catalog(
            site: site.settings.name, host: compilation.scope.identity, safety: site.settings.safety,
            declarations: order.map { declarations[$0] }, edges: moved, digest: digest, revision: site.revision,
            dormant: compilation.dormant.filter { positions[$0] == nil })
    }

    /// Of all that was read of the site, and what of the host.
    private var digest: Digest {
        let site = compilation.site, scope = compilation.scope
        return Digest(
            of: [
                site.files.digest.hexadecimal, scope.record.digest.hexadecimal, scope.identity.id, scope.identity.name,
                scope.identity.ip ?? "-", scope.secrets == nil ? "no secrets" : "secrets",
            ].joined(separator: "\u{0}"))
    }

    private static func diagnostic(for cycle: [Edge], _ declarations: [Declaration]) -> Diagnostic {
        let notes = cycle.map { edge in
            let from = declarations[edge.from], to = declarations[edge.to]
            return Diagnostic.Note(
                "\(from.address) comes before \(to.address): \(edge.reason)", at: edge.place ?? to.place)
        }
        let path = cycle.map { declarations[$0.from].address.description }
        let first = cycle.first.map { declarations[$0.from] }
        return Diagnostic(
            "expected an order without a cycle, found \((path + path.prefix(1)).joined(separator: " -> "))",
            at: first?.place, hint: "take one of these edges away", notes: notes)
    }
}

extension Declaration {
    /// Whether a part of a composite says the same as one of another composite of the type.
    fileprivate func isSame(as other: Declaration) -> Bool {
        partOf?.address.type == other.partOf?.address.type && state == other.state
            && RecordedFields(of: resource) == RecordedFields(of: other.resource)
    }
}

extension Site {
    /// Whether some manifest or role that could not be evaluated may declare resources of a type.
    func mentions(_ type: String) -> Bool {
        func holds(_ manifest: Manifest) -> Bool {
            manifest.items.contains { item in
                switch item {
                case .resource(let source): source.type.name == type && source.loop != nil
                case .role: true
                case .addition: false
                }
            }
        }
        return manifests.contains(where: holds)
    }
}
