import Model

/// The order in which undeclared objects go: each before the objects that it needed, as the automatic edges
/// of a catalog are drawn; a group after all accounts.
struct RemovalOrder {
    /// Positions in the given list.
    private(set) var positions: [Int] = []
    private var isVisited: [Bool]
    private var dependents: [[Int]]

    /// - Parameter resources: in the order that counts where no need decides.
    init(_ resources: [any Resource]) {
        isVisited = Array(repeating: false, count: resources.count)
        dependents = Array(repeating: [], count: resources.count)
        var owners: [HostObject: Int] = [:]
        for (position, resource) in resources.enumerated() {
            for object in resource.provisions + resource.objects { owners[object] = position }
        }
        let groups = Set(
            resources.indices.filter { if case .group? = resources[$0].objects.first { true } else { false } })
        for (position, resource) in resources.enumerated() where !groups.contains(position) {
            for need in resource.needs {
                if let owner = owners[need.object], owner != position { dependents[owner].append(position) }
            }
        }
        for position in resources.indices where !groups.contains(position) { visit(position) }
        for position in groups.sorted() { visit(position) }
    }

    private mutating func visit(_ position: Int) {
        if isVisited[position] { return }
        isVisited[position] = true
        for dependent in dependents[position] { visit(dependent) }
        positions.append(position)
    }
}
