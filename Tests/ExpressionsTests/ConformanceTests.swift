import Expressions
import Foundation
import Testing

/// The cases that the specification's authors publish (google/cel-spec, tests/simple/testdata).
@Suite struct ConformanceTests {
    /// Cases that cannot hold here, with the reason; Docs/cel-conformance.md says more.
    static let exceptions: [String: String] = [:]

    @Test func everyPublishedCaseHolds() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Resources/cel-cases.jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(lines.count > 700)
        var count = 0
        for line in lines {
            let row = try Value(json: Array(line.utf8))
            guard case .map(let fields) = row, case .string(let id)? = fields["id"] else {
                Issue.record("no case: \(line)")
                continue
            }
            if Self.exceptions[id] != nil { continue }
            if let problem = Self.problem(of: fields) { Issue.record("\(id): \(problem)") }
            count += 1
        }
        #expect(count + Self.exceptions.count == lines.count)
    }

    /// What is wrong with a case; nil when it holds.
    static func problem(of fields: ValueMap) -> String? {
        guard case .string(let text)? = fields["expr"] else { return "no expression" }
        let expectsError = fields["error"] != nil
        do {
            var bindings: [String: Value] = [:]
            if case .map(let given)? = fields["bindings"] {
                for entry in given.entries {
                    if case .string(let name) = entry.key { bindings[name] = try Value(typed: entry.value) }
                }
            }
            let scope = Bindings(bindings, zones: zone)
            let value = try Expression(parsing: text).evaluate(in: scope)
            if expectsError { return "\(text): expected an error, found \(try value.typedJSON())" }
            guard let wanted = fields["value"] else { return "no expectation" }
            let expected = try Value(typed: wanted)
            let found = try value.typedJSON()
            if isSame(expected, value) { return nil }
            return "\(text): expected \(try expected.typedJSON()), found \(found)"
        } catch {
            return expectsError ? nil : "\(text): \(error)"
        }
    }

    /// Whether two values have the same types and content; entries of mappings may stand in any order.
    private static func isSame(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.double(let left), .double(let right)): left == right || (left.isNaN && right.isNaN)
        case (.list(let left), .list(let right)): left.elementsEqual(right, by: isSame)
        case (.map(let left), .map(let right)):
            left.count == right.count
                && left.entries.allSatisfy { entry in
                    right.entries.contains { isSame($0.key, entry.key) && isSame($0.value, entry.value) }
                }
        default: left == right
        }
    }

    static func zone(_ name: String) -> [UInt8]? {
        (try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)"))).map { Array($0) }
    }
}
