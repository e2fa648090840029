import HeapModule
import Model

/// The order of a graph: of all that is ready, the first in manifest order, but what is early before and what is late
/// after everything else.
enum Topology {
    enum Result {
        case order([Int])
        /// Cycles without a common edge, the shortest first: each edge begins where the one before ends.
        case cycles([[Edge]])
    }

    static func order(
        count: Int, _ edges: [Edge], early: Set<Int> = [], late: Set<Int> = []
    ) -> Result {
        var successors = Array(repeating: [Int](), count: count), waiting = Array(repeating: 0, count: count)
        for edge in edges {
            successors[edge.from].append(edge.to)
            waiting[edge.to] += 1
        }
        var ready = Heap<Int>()
        func rank(_ node: Int) -> Int {
            early.contains(node) ? node : late.contains(node) ? 2 * count + node : count + node
        }
        for node in 0..<count where waiting[node] == 0 { ready.insert(rank(node)) }
        var order: [Int] = []
        order.reserveCapacity(count)
        while let ranked = ready.popMin() {
            let node = ranked % count
            order.append(node)
            for next in successors[node] {
                waiting[next] -= 1
                if waiting[next] == 0 { ready.insert(rank(next)) }
            }
        }
        if order.count == count { return .order(order) }
        let left = Set((0..<count).filter { waiting[$0] > 0 })
        return .cycles(cycles(among: left, edges))
    }

    /// How many cycles one run reports at most.
    private static let greatestCycleCount = 10

    private static func cycles(among nodes: Set<Int>, _ edges: [Edge]) -> [[Edge]] {
        var cycles: [[Edge]] = [], left = edges.filter { nodes.contains($0.from) && nodes.contains($0.to) }
        while cycles.count < greatestCycleCount {
            let cycle = shortestCycle(among: nodes, left)
            if cycle.isEmpty { break }
            cycles.append(cycle)
            let told = Set(cycle)
            left.removeAll { told.contains($0) }
        }
        return cycles
    }

    /// By breadth-first search from each node that no order could take.
    private static func shortestCycle(among nodes: Set<Int>, _ edges: [Edge]) -> [Edge] {
        var outgoing: [Int: [Edge]] = [:]
        for edge in edges where nodes.contains(edge.from) && nodes.contains(edge.to) {
            outgoing[edge.from, default: []].append(edge)
        }
        var shortest: [Edge] = []
        for start in nodes.sorted() {
            guard let cycle = cycle(through: start, outgoing) else { continue }
            if shortest.isEmpty || cycle.count < shortest.count { shortest = cycle }
            if shortest.count == 1 { break }
        }
        return shortest
    }

    private static func cycle(through start: Int, _ outgoing: [Int: [Edge]]) -> [Edge]? {
        var arrivals: [Int: Edge] = [:], queue = [start], index = 0
        while index < queue.count {
            let node = queue[index]
            index += 1
            for edge in outgoing[node] ?? [] {
                if edge.to == start {
                    var path = [edge], at = node
                    while at != start, let arrival = arrivals[at] {
                        path.append(arrival)
                        at = arrival.from
                    }
                    return path.reversed()
                }
                if arrivals[edge.to] == nil {
                    arrivals[edge.to] = edge
                    queue.append(edge.to)
                }
            }
        }
        return nil
    }
}
