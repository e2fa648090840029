import Model

/// What the graph of a host depends on, of one piece: all but the values of properties.
private struct PieceShape: Hashable {
    private var address: Address
    private var place: Place
    private var uses: [Place]
    private var state: DesiredState
    private var isBroken: Bool
    private var isOfOneKey: Bool
    private var relations: [DeclaredResource.Relation]
    private var partRelations: [PartRelation]
    private var declarations: [DeclarationShape]
    /// Where parts may belong to others too, what they say decides whether they do.
    private var sharedParts: [RecordedFields]

    init(_ piece: Piece, _ names: PartNames? = nil) {
        address = piece.resource.address
        place = piece.resource.place
        uses = piece.resource.uses
        state = piece.resource.state
        isBroken = piece.isBroken
        isOfOneKey = piece.resource.isOfOneKey
        relations = piece.relations
        partRelations = piece.partRelations
        declarations = piece.declarations.map { DeclarationShape($0, names) }
        sharedParts = piece.sharesParts ? piece.declarations.map { RecordedFields(of: $0.resource) } : []
    }
}

private struct DeclarationShape: Hashable {
    var address: Address
    var partOf: Address?
    var objects: [HostObject]
    var provisions: [HostObject]
    var needs: [Need]
    var installsPackage: Bool
    var filled: AbsolutePath?

    init(_ declaration: Declaration, _ names: PartNames?) {
        address = declaration.address
        partOf = declaration.partOf?.address
        objects = declaration.resource.objects
        if let names { objects = objects.map { names.shown($0) } }
        provisions = declaration.resource.provisions
        needs = declaration.resource.needs + declaration.resource.safeguardNeeds
        installsPackage = declaration.installsPackage
        filled = (declaration.resource as? any Filling)?.path
    }
}

/// What the graph of a host depends on, of one item.
private struct ItemShape: Hashable {
    var pieces: [PieceShape]
    var dormant: [Address]
    var tentative: [Address]
    var additions: [Address]
    var additionPlaces: [Place]

    init(_ item: EvaluatedItem, _ names: PartNames? = nil) {
        pieces = item.pieces.map { PieceShape($0, names) }
        dormant = item.outcome.dormant
        tentative = item.outcome.tentative
        additions = item.outcome.additions.map(\.address)
        additionPlaces = item.outcome.additions.map(\.place)
    }
}

/// Numbers in place of what parts of files are called in the items of one host alone: a line with the host's name is
/// another one on each host, and none is like any other resource.
private struct PartNames {
    private var numbers: [HostObject: Int] = [:]

    /// - Parameter known: the parts of items that hosts have in common.
    init(_ items: [EvaluatedItem], without known: Set<HostObject>) {
        var met: [HostObject: Int] = [:], order: [HostObject] = []
        for object in items.flatMap(\.parts) {
            met[object, default: 0] += 1
            order.append(object)
        }
        for object in order where met[object] == 1 && !known.contains(object) { numbers[object] = numbers.count }
    }

    func shown(_ object: HostObject) -> HostObject {
        guard case .part(let kind, let path, _) = object, let number = numbers[object] else { return object }
        return .part(kind, of: path, "\u{0}\(number)")
    }
}

extension EvaluatedItem {
    fileprivate var parts: [HostObject] {
        pieces.flatMap { $0.declarations }.flatMap { $0.resource.objects }.filter { object in
            if case .part = object { true } else { false }
        }
    }
}

/// The shapes of all items so far, each by a number; and the graphs of the hosts that had them.
final class ShapeTable {
    private var numbers: [ItemShape: Int32] = [:]
    private var runs: [[Int32]: Int32] = [:]
    private var graphs: [[Int32]: Graph] = [:]
    /// The parts of the items that hosts have in common.
    private var knownParts: Set<HostObject> = []
    /// Where each host has a graph of its own, no more of them are kept.
    private static let greatestGraphCount = 1_024

    /// The graph of a host with these items; hosts whose items have the same shapes share it.
    func graph(of portions: [Portion], in compilation: HostCompilation) -> Graph {
        var own: [EvaluatedItem] = []
        for portion in portions {
            switch portion {
            case .run(let run): if run.shape == nil { number(run) }
            case .item(let item):
                if item.isShared { number(item) } else { own.append(item) }
            }
        }
        var shapes = numbers(of: own, in: compilation)[...]
        let key = portions.map { portion in
            switch portion {
            case .run(let run): run.shape ?? 0
            case .item(let item): item.shape ?? shapes.removeFirst()
            }
        }
        if let known = graphs[key] { return known }
        let assembly = Assembly(compilation.items, of: compilation.site, areFactsKnown: compilation.areFactsKnown)
        let graph = GraphBuilder(assembly).built()
        if graphs.count < Self.greatestGraphCount { graphs[key] = graph }
        return graph
    }

    /// The shapes of the items of a host alone.
    private func numbers(of own: [EvaluatedItem], in compilation: HostCompilation) -> [Int32] {
        if compilation.site.pairing != nil, let counterpart = compilation.counterpart,
            counterpart.own == own.map({ ObjectIdentifier($0) })
        {
            return counterpart.shapes
        }
        let names = PartNames(own, without: knownParts)
        let shapes = own.map { number(of: ItemShape($0, names)) }
        if compilation.site.pairing == nil { compilation.counterpart?.note(shapes, of: own) }
        return shapes
    }

    private func number(_ item: EvaluatedItem) {
        if item.shape != nil { return }
        knownParts.formUnion(item.parts)
        item.shape = number(of: ItemShape(item))
    }

    /// The numbers of runs are below zero.
    private func number(_ run: ItemRun) {
        run.items.forEach(number)
        let shapes = run.items.map { $0.shape ?? 0 }, number = runs[shapes] ?? -1 - Int32(runs.count)
        runs[shapes] = number
        run.shape = number
    }

    private func number(of shape: ItemShape) -> Int32 {
        if let known = numbers[shape] { return known }
        let number = Int32(numbers.count)
        numbers[shape] = number
        return number
    }
}
