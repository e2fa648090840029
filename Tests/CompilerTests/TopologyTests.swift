import Model
import Testing

@testable import Compiler

/// Graphs of letters: `a>b` is an edge, and a stands before b.
@Suite struct TopologyTests {
    private static func number(_ letter: Character) -> Int { Int(letter.asciiValue ?? 97) - 97 }
    private static func letter(_ number: Int) -> String { String(UnicodeScalar(UInt8(97 + number))) }

    private func order(
        _ count: Int, _ graph: String, early: String = "", late: String = "", shuffled: Bool = false
    ) -> String {
        var edges = graph.split(separator: " ").map { Array($0) }.map {
            Edge(from: Self.number($0[0]), to: Self.number($0[2]), reason: "")
        }
        if shuffled { edges.reverse() }
        let (early, late) = (Set(early.map(Self.number)), Set(late.map(Self.number)))
        switch Topology.order(count: count, edges, early: early, late: late) {
        case .order(let order): return order.map(Self.letter).joined()
        case .cycles(let cycles):
            return cycles.map { cycle in
                cycle.map { "\(Self.letter($0.from))>\(Self.letter($0.to))" }.joined(separator: " ")
            }.joined(separator: ", ")
        }
    }

    @Test(arguments: [
        ("nothing", 0, "", ""), ("no edges: as written", 4, "", "abcd"),
        ("a chain backwards", 4, "d>c c>b b>a", "dcba"),
        ("only what must wait waits", 4, "d>b", "acdb"), ("a diamond", 4, "d>b d>c b>a c>a", "dbca"),
        ("an edge twice is an edge once", 3, "c>a c>a", "bca"),
        ("what became ready early does not run ahead", 5, "a>e b>d", "abcde"),
    ]) func readyOnesGoInTheOrderOfTheManifest(_ claim: String, _ count: Int, _ graph: String, _ expected: String) {
        #expect(order(count, graph) == expected, "\(claim)")
        #expect(order(count, graph, shuffled: true) == expected, "\(claim): the order of edges says nothing")
    }

    @Test(arguments: [
        ("", "d", "", "dabc"), ("", "", "a", "bcda"), ("", "cd", "ab", "cdab"), ("b>d", "d", "", "abdc"),
        ("a>c", "", "a", "bdac"), ("", "a", "a", "abcd"),
    ])
    func earlyOnesGoFirstAndLateOnesLast(_ graph: String, _ early: String, _ late: String, _ expected: String) {
        #expect(order(4, graph, early: early, late: late) == expected)
    }

    @Test(arguments: [
        ("itself", 2, "a>a", "a>a"), ("two", 3, "a>b b>a c>a", "a>b b>a"),
        ("the shortest way around", 4, "a>b b>c c>d d>a c>a", "a>b b>c c>a"),
        ("the shortest cycle first", 5, "a>b b>c c>a d>e e>d", "d>e e>d, a>b b>c c>a"),
        ("what only hangs on a cycle is in none", 4, "a>b b>a b>c c>d", "a>b b>a"),
        ("an edge is told in one cycle", 3, "a>b b>a b>c c>a", "a>b b>a"),
    ]) func cyclesAreToldByTheirEdges(_ claim: String, _ count: Int, _ graph: String, _ expected: String) {
        #expect(order(count, graph) == expected, "\(claim)")
    }

    @Test func tenCyclesAreEnough() {
        let graph = (0..<12).map { number in
            let (left, right) = (Self.letter(2 * number), Self.letter(2 * number + 1))
            return "\(left)>\(right) \(right)>\(left)"
        }.joined(separator: " ")
        #expect(order(24, graph).split(separator: ",").count == 10)
    }
}
