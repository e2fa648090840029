import Model

/// The graph of a host's resources: their order and their edges, by positions in the declarations of all pieces.
struct Graph {
    /// nil where the edges make a cycle.
    var order: [Int]?
    var edges: [Edge]
    /// Which declarations of the pieces count: a part that composites have in common stands once.
    var taken: [Bool]
    var dormant: Set<Address>
    var diagnostics: Diagnostics
}

/// Finds conflicts among pieces, draws the edges and puts everything into the order of apply.
struct GraphBuilder {
    private let assembly: Assembly
    private var declarations: [Declaration] = []
    private var taken: [Bool] = []
    /// What an address stands for: positions in `declarations`, several for a composite.
    private var positions: [Address: [Int]] = [:]
    /// The relations of the declared resources, with the positions of what they stand for.
    private var relations: [(positions: [Int], list: [DeclaredResource.Relation])] = []
    /// The relations among the parts of composites, by position.
    private var partEdges: [Edge] = []
    /// Where roles were used, by position, the outermost first.
    private var uses: [[Place]] = []
    /// The positions of the parts that composites may have in common.
    private var common: [Address: Int] = [:]
    /// The positions of what could not be decoded: what it owns is not known.
    private var broken: Set<Int> = []
    private var diagnostics: Diagnostics

    init(_ assembly: Assembly) {
        self.assembly = assembly
        diagnostics = assembly.diagnostics
    }

    consuming func built() -> Graph {
        place()
        diagnostics.add(
            contentsOf: Ownership.conflicts(in: declarations, uses: uses, without: broken))
        var edges = EdgeBuilder(declarations)
        edges.addNeeds()
        for edge in partEdges { edges.add(edge) }
        addRelations(to: &edges)
        edges.addPackageSources()
        var graph = Graph(
            edges: edges.edges, taken: taken, dormant: assembly.dormant.filter { positions[$0] == nil },
            diagnostics: diagnostics)
        switch Topology.order(count: declarations.count, edges.edges, early: accountsThatGo, late: groupsThatGo) {
        case .order(let sorted): graph.order = sorted
        case .cycles(let cycles):
            for cycle in cycles { graph.diagnostics.add(Self.diagnostic(for: cycle, declarations)) }
        }
        return graph
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

    private mutating func place() {
        // By index: a loop over them would copy each of them.
        let pieces = assembly.pieces
        declarations.reserveCapacity(pieces.count)
        positions.reserveCapacity(pieces.count)
        for index in pieces.indices {
            let first = declarations.count
            if pieces[index].isBroken { broken.insert(first) }
            let own = pieces[index].composite == nil ? [add(pieces[index].declarations[0])] : add(pieces[index])
            positions[pieces[index].resource.address] = own
            for _ in first..<declarations.count { uses.append(pieces[index].resource.uses) }
            if !pieces[index].relations.isEmpty { relations.append((own, pieces[index].relations)) }
        }
        for position in declarations.indices where positions[declarations[position].address] == nil {
            positions[declarations[position].address] = [position]
        }
    }

    private mutating func add(_ declaration: Declaration) -> Int {
        declarations.append(declaration)
        taken.append(true)
        return declarations.count - 1
    }

    /// Adds the parts of a composite, and the edges among them, which go the other way round where it is taken away.
    ///
    /// - Returns: the positions of the parts.
    private mutating func add(_ piece: Piece) -> [Int] {
        let goes = piece.resource.state == .absent
        var places: [Address: Int] = [:], own: [Int] = []
        for part in piece.declarations {
            let position: Int
            if piece.sharesParts, let known = commonPosition(of: part) {
                position = known
                taken.append(false)
            } else {
                position = add(part)
            }
            own.append(position)
            if places[part.address] == nil { places[part.address] = position }
        }
        for relation in piece.partRelations {
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
        assembly.site.types[declarations[position].address.type]?.isRefreshable != false
    }

    private mutating func reportUnknown(_ relation: DeclaredResource.Relation) {
        if relation.isOptional { return }
        if assembly.dormant.contains(relation.address) || assembly.tentative.contains(relation.address) { return }
        if !assembly.areFactsKnown, assembly.site.mentions(relation.address.type) { return }
        let known = positions.keys.map(\.description)
        diagnostics.add(
            Diagnostic(
                "`\(relation.name)`: expected a declared resource, found \(relation.address)",
                at: relation.place,
                hint: known.count <= 200 ? Spelling.hint(for: relation.address.description, among: known) : nil))
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
