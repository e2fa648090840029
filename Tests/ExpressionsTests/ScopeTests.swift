import Expressions
import Testing

/// Facts that note which of their members are read.
private final class Facts: LazyMap, @unchecked Sendable {
    private let members: [String: Value]
    private(set) var reads: [String] = []
    private(set) var listings = 0

    init(_ members: [String: Value]) { self.members = members }

    func member(_ key: String) -> Value? {
        reads.append(key)
        return members[key]
    }

    func keys() -> [String] {
        listings += 1
        return members.keys.sorted()
    }
}

private struct HostScope: Scope {
    let facts: Facts

    func value(named name: String) -> Value? { name == "facts" ? .lazy(facts) : nil }

    func call(_ function: String, _ arguments: [Value]) -> Value? {
        guard function == "twice", case .int(let number)? = arguments.first else { return nil }
        return .int(number * 2)
    }
}

@Suite struct ScopeTests {
    private let facts = Facts(["cores": 4, "os": "debian", "hidden": .unknown])

    private func value(_ text: String) throws -> Value {
        try Expression(parsing: text).evaluate(in: HostScope(facts: facts))
    }

    @Test(arguments: [
        ("facts.cores", ["cores"]), ("facts['os']", ["os"]), ("has(facts.none)", ["none"]), ("'os' in facts", ["os"]),
        ("true || facts.os == 'x'", []), ("false ? facts.cores : 1", []), ("1 + 1", []),
        ("facts.os == 'debian' && facts.cores > 2", ["os", "cores"]),
        ("[1, 2].map(i, facts.cores)", ["cores", "cores"]),
    ])
    func onlyWhatIsReadIsRecorded(_ text: String, _ reads: [String]) throws {
        _ = try value(text)
        #expect(facts.reads == reads)
        #expect(facts.listings == 0)
    }

    @Test func goingThroughAllReadsAll() throws {
        #expect(try value("facts.all(k, k.size() > 1)") == .bool(true))
        #expect(facts.listings == 1)
        #expect(facts.reads.isEmpty)
        #expect(try value("facts.transformList(k, v, k)") == .list(["cores", "hidden", "os"]))
        #expect(facts.reads == ["cores", "hidden", "os"])
    }

    @Test(
        arguments: [
            ("facts.hidden", nil), ("facts.hidden.deep[0]", nil), ("facts.hidden + 1", nil),
            ("size(facts.hidden)", nil),
            ("facts.hidden == 1", nil), ("facts.hidden ? 1 : 2", nil), ("[1, facts.hidden]", nil),
            ("facts.hidden && true", nil), ("facts.hidden && false", .bool(false)),
            ("facts.hidden || true", .bool(true)),
            ("facts.hidden || 1 / 0 > 0", nil), ("[1, 2].exists(i, i == facts.hidden)", nil),
            ("[1, 4].exists(i, i == 4 || facts.hidden)", .bool(true)), ("[facts.cores].all(i, i == 4)", .bool(true)),
            ("has(facts.hidden.deep)", nil), ("facts.hidden.map(i, i)", nil), ("!facts.hidden", nil),
            ("-facts.hidden", nil),
        ] as [(String, Value?)])
    func unknownStaysUnknownUnlessTheRestDecides(_ text: String, _ expected: Value?) throws {
        #expect(try value(text) == expected ?? .unknown)
    }

    @Test func scopeBringsItsOwnFunctions() throws {
        #expect(try value("twice(21)") == .int(42))
        #expect(throws: ExpressionError.self) { try value("thrice(1)") }
    }

    @Test(
        arguments: [
            ("facts.os.id", ["facts"]), ("[1].map(x, x + y)", ["y"]), ("cel.bind(x, a, x)", ["a"]),
            ("type(1) == int", []),
            ("x.size() + size(z)", ["x", "z"]), ("type(t) == google.protobuf.Timestamp", ["t"]),
            ("math.abs(-1)", []), ("math.abs(math)", ["math"]), ("[1].exists(x, .x == 1)", ["x"]),
        ] as [(String, Set<String>)])
    func freeNamesAreTheRoots(_ text: String, _ names: Set<String>) throws {
        #expect(try Expression(parsing: text).freeNames == names)
    }

    @Test(
        arguments: [
            ("a.b.c", 1), ("a.b.d", 2), ("a.x", 3), (".a.b.c", 1), ("[5].map(a, a)[0]", 5), ("has(a.b.d) ? 6 : 7", 6),
        ] as [(String, Value)])
    func longestDottedNameWins(_ text: String, _ expected: Value) throws {
        let scope = Bindings([
            "a.b.c": 1, "a.b": .map(ValueMap([("c", 9), ("d", 2)])), "a": .map(ValueMap([("x", 3), ("b", 8)])),
        ])
        #expect(try Expression(parsing: text).evaluate(in: scope) == expected)
    }
}
