import Model

/// A declaration that brings one thing back.
struct Restoration {
    var resource: any Resource
    var state: DesiredState

    init(_ resource: any Resource, state: DesiredState = .present) {
        self.resource = resource
        self.state = state
    }
}

/// The declarations of an undo in their order, with what orders them.
struct RestorationList {
    let run: Int
    private var declarations: [Declaration] = []
    private var edges: [Edge] = []
    private var owners: [HostObject: [Int]] = [:]
    /// The declarations that need an object.
    private var needers: [HostObject: [Int]] = [:]
    private var refreshed: [Address: Int] = [:]
    private var origins: [Address: [Address]] = [:]
    /// Where the changes of each resource are taken back.
    private(set) var positions: [Address: [Int]] = [:]
    var lost: [(address: Address, reason: Reason)] = []
    var left: [(address: Address, reason: Reason)] = []
    var settled: [Address] = []
    var kept: [AbsolutePath] = []

    init(run: Int) {
        self.run = run
    }

    mutating func add(_ restoration: Restoration, of addresses: [Address], at place: Place) {
        let stands = (restoration.resource as? Irretrievable)?.origin
        var declaration = Declaration(
            address: stands ?? restoration.resource.address, resource: restoration.resource, place: place,
            state: restoration.state)
        let names = addresses.filter { $0 != declaration.address }.map(\.description)
        if !names.isEmpty { declaration.note = "changed by \(names.joined(separator: ", "))" }
        let position = declarations.count
        declarations.append(declaration)
        for earlier in related(to: restoration.resource, addresses) {
            edges.append(Edge(from: earlier, to: position, reason: "order of run \(run)"))
        }
        for object in restoration.resource.objects { owners[object, default: []].append(position) }
        for object in Set(restoration.resource.needs.map(\.object)) { needers[object, default: []].append(position) }
        for address in addresses { positions[address, default: []].append(position) }
        origins[declaration.address, default: []] += addresses
    }

    /// Whether a path comes back already.
    func owns(_ path: AbsolutePath) -> Bool { owners[.path(path)] != nil }

    /// Earlier declarations that have to do with a resource: they were changed after it, so they come back before it. Of
    /// those of one resource the last is enough: each comes after the one before.
    private func related(to resource: any Resource, _ addresses: [Address]) -> Set<Int> {
        var related = Set(addresses.compactMap { positions[$0]?.last })
        for need in resource.needs { related.formUnion(owners[need.object] ?? []) }
        for object in resource.objects { related.formUnion(needers[object] ?? []) }
        return related
    }

    /// Has a resource refreshed after what was brought back, as it was after the change.
    mutating func notify(_ resource: any Resource, of causes: [Int]) {
        guard type(of: resource).isRefreshable else { return }
        let position: Int
        if let present = refreshed[resource.address]
            ?? declarations.firstIndex(where: { $0.address == resource.address && $0.state == .present })
        {
            position = present
        } else if declarations.contains(where: { $0.address == resource.address }) {
            return
        } else {
            position = declarations.count
            declarations.append(
                Declaration(
                    address: resource.address, resource: resource,
                    place: Place(file: SourceFile("run \(run)"), line: 0, column: 0)))
        }
        refreshed[resource.address] = position
        for cause in causes where cause < position {
            edges.append(Edge(from: cause, to: position, reason: "notify", isNotification: true))
        }
    }

    func outline(for identity: HostIdentity, revision: String) -> Undo.Outline {
        let text = declarations.map { "\($0.address) \($0.state) \(RecordedFields(of: $0.resource).text)\n" }.joined()
        let catalog = Catalog(
            site: revision, host: identity, safety: Safety(maximumRemovals: .max), declarations: declarations,
            edges: edges, digest: Digest(of: revision + text), revision: revision)
        return Undo.Outline(
            catalog: catalog, lost: lost, left: left, origins: origins, settled: settled, kept: kept)
    }
}

/// What cannot be brought back: its observation says why.
struct Irretrievable: Resource {
    var name = ""
    private var reason = Reason.gone
    /// The resource that changed it.
    private(set) var origin: Address?

    init() {}

    init(_ change: PastChange, _ reason: Reason) {
        origin = change.addresses.first
        self.reason = reason
    }

    static let typeName = "undo"
    static let doc = "What a run changed and nothing brings back."
    static let fields: [Field<Irretrievable>] = [Field("name", always: \.name, .key, doc: "Its name.")]
    static let examples: [String] = []

    var objects: [HostObject] { [] }
    func observe(on host: some HostReading) throws -> Irretrievable? { throw reason }
    func steps(from observed: Irretrievable?) throws(Refusal) -> [Step] { [] }
}
