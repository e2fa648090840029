import Model

/// The state of planning a catalog from its beginning to its end.
struct PlanProgress {
    var resources: [PlannedResource] = []
    var inPlaceCount = 0
    var remarks: [Remark] = []
    /// What outlived earlier holders, and must not be given to others.
    var retired: [String: Address] = [:]
    private let catalog: Catalog
    private let incoming: [[Edge]]
    private let outgoing: [[Edge]]
    private var blockers: [Int: Address] = [:]
    /// Packages and commands with unpredictable effects, for all that depends on them.
    private var assumptions: [Int: Address] = [:]
    private var opaqueCauses: [Int: Address] = [:]
    private var refreshCauses: [Int: String] = [:]

    init(catalog: Catalog, pending: [Address: String]) {
        self.catalog = catalog
        (incoming, outgoing) = catalog.edgeLists
        guard !pending.isEmpty else { return }
        for (position, declaration) in catalog.declarations.enumerated() {
            if let cause = pending[declaration.address] { refreshCauses[position] = "\(cause), in an earlier run" }
        }
    }

    func blocker(of position: Int) -> Address? {
        blockers.isEmpty ? nil : incoming[position].lazy.compactMap { blockers[$0.from] }.first
    }

    mutating func block(_ position: Int, by address: Address) { blockers[position] = address }

    func assumption(of position: Int) -> Address? {
        assumptions.isEmpty ? nil : incoming[position].lazy.compactMap { assumptions[$0.from] }.first
    }

    func opaqueCause(of position: Int) -> Address? {
        opaqueCauses.isEmpty ? nil : incoming[position].lazy.compactMap { opaqueCauses[$0.from] }.first
    }

    func refreshCause(of position: Int) -> String? { refreshCauses.isEmpty ? nil : refreshCauses[position] }

    /// Says what may bring what a refused resource misses: it is there when the next run begins, and an edge would make
    /// the resource wait for it.
    mutating func hintAtSources() {
        // By index: a loop over the resources would copy each of them.
        if resources.indices.allSatisfy({ resources[$0].action != .refuse }) { return }
        let sources = resources.indices.filter { index in
            guard [.create, .change, .unknown].contains(resources[index].action) else { return false }
            return resources[index].steps.contains(where: \.bringsMore) || resources[index].declaration.isOpaque
        }.map { resources[$0].address }
        guard let first = sources.first else { return }
        for index in resources.indices
        where resources[index].action == .refuse && resources[index].reason?.isMissing == true
            && resources[index].hint == nil
        {
            let names =
                sources.prefix(3).map(\.description).joined(separator: ", ") + (sources.count > 3 ? ", ..." : "")
            resources[index].hint =
                "it may come with \(names), which this run changes too: `require: [\(first)]` makes it wait"
        }
    }

    /// The undeclared objects, and then the resources that their removal refreshes.
    mutating func add(late undeclared: [PlannedResource], on host: some Host) {
        resources += undeclared
        var causes: [Address: Address] = [:]
        for planned in undeclared {
            for target in planned.refreshes where causes[target] == nil { causes[target] = planned.address }
        }
        if causes.isEmpty { return }
        for (position, declaration) in catalog.declarations.enumerated() where declaration.state == .present {
            guard let cause = causes[declaration.address], let resource = declaration.resource as? any Refreshable,
                !resources.contains(where: { $0.position == position && [.refuse, .skip].contains($0.action) }),
                let steps = try? resource.refresh(on: host, after: []), !steps.isEmpty
            else { continue }
            var planned = PlannedResource(declaration, position: position, action: .refresh)
            planned.refreshCause = "\(cause), which is no longer declared"
            planned.isLate = true
            if !resources.contains(where: { $0.position == position }) { inPlaceCount -= 1 }
            resources.append(planned)
        }
    }

    /// Passes on what a planned resource means for those that depend on it.
    mutating func settle(_ planned: inout PlannedResource) {
        guard let position = planned.position else { return }
        if planned.action == .inPlace, assumptions.isEmpty { return }
        let isPackage = planned.steps.contains(where: \.bringsMore)
        let isOpaque = planned.declaration.isOpaque || planned.steps.contains(where: \.changesView)
        switch planned.action {
        case .inPlace:
            if let source = assumption(of: position) { assumptions[position] = source }
            return
        case .refuse, .skip, .release, .hold: return
        case .create, .change, .replace, .remove, .refresh, .unknown:
            if isPackage || (isOpaque && planned.action != .refresh) { assumptions[position] = planned.address }
            if isOpaque { opaqueCauses[position] = planned.address }
            if assumptions[position] == nil, let source = assumption(of: position) { assumptions[position] = source }
        }
        for edge in outgoing[position] where edge.isNotification {
            refreshCauses[edge.to] = planned.address.description
            planned.refreshes.append(catalog.declarations[edge.to].address)
        }
    }
}

extension Catalog {
    /// The edges by the position where they end and by the position where they begin.
    var edgeLists: (incoming: [[Edge]], outgoing: [[Edge]]) {
        var incoming = [[Edge]](repeating: [], count: declarations.count)
        var outgoing = incoming
        for edge in edges {
            incoming[edge.to].append(edge)
            outgoing[edge.from].append(edge)
        }
        return (incoming, outgoing)
    }
}
