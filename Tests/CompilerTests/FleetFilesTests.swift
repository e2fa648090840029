import Compiler
import Model
import Resources
import Testing

/// Inventories and facts of many hosts in one file, a host a line.
@Suite struct FleetFilesTests {
    private static func diagnostics(_ files: [String: String]) -> [String] {
        var all = ["site.yaml": "site: test\n", "inventory/hosts.yaml": "hosts: {a: {}, b: {}}\n"]
        all.merge(files) { $1 }
        let site = Site(MapSite(all), types: Registry.all, engine: EngineVersion("0.1.0"))
        let compiler = SharedCompiler(SharedSite(site))
        for id in site.hostIdentifiers { _ = compiler.compilation(for: compiler.target(ofHost: id)) }
        return compiler.diagnostics.sorted.map { $0.text.replacing("\n", with: " ") }
    }

    @Test(arguments: [
        (#"{"id": "a", "os": {"id"#, "facts/x.jsonl:1:23: error: expected the end of the text"),
        (
            "{\"id\": \"a\"}\n\n{\"id\": \"a\", \"x\": 1}",
            "facts/x.jsonl:3:1: error: expected each host once, found `a` again"
        ),
        (#"{"hostname": "a"}"#, "facts/x.jsonl:1:1: error: expected the facts of a host with its `id`, found none"),
        (#"{"id": 7}"#, "facts/x.jsonl:1:1: error: expected the facts of a host with its `id`, found none"),
        (#"{"id": ""}"#, "facts/x.jsonl:1:1: error: expected the facts of a host with its `id`, found none"),
        (#"["a"]"#, "facts/x.jsonl:1:1: error: expected an object"),
        (#"{"id": "a", "x": {"y": 1, "y": 2}}"#, "facts/x.jsonl:1:27: error: expected each key once, found `y` twice"),
        (#"{"id": "a", "x": {"\u0079": 1, "y": 2}}"#, "expected each key once, found `y` twice"),
        (#"{"id": "a", "x": tru}"#, "facts/x.jsonl:1:18: error: expected a value"),
        (#"{"id": "a", "x": [1, 2}"#, "error: expected `,` or `]`"),
        (#"{"id": "a"} {"id": "b"}"#, "error: expected the end"),
        (#"{"id": "a", "x": "\ud800"}"#, "error: expected a pair of surrogates"),
        (#"{"id": "a", "x": 01}"#, "error: expected a value"),
        (
            "{\"id\": \"a\", \"x\": \"" + String(repeating: "y", count: 9 << 20) + "\"}",
            "error: expected at most 8 MiB on a line"
        ),
        (
            "{\"id\": \"a\", \"x\": " + String(repeating: "[", count: 90) + String(repeating: "]", count: 90) + "}",
            "64 levels"
        ),
    ])
    func aLineOfFactsThatIsWrongIsNamed(line: String, message: String) {
        let found = Self.diagnostics(["facts/x.jsonl": line])
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test(arguments: [
        (#"{"labels": {}}"#, "inventory/x.jsonl:1:1: error: expected a host with its `id`, found none"),
        (#"{"id": "a"}"#, "inventory/x.jsonl:1:1: error: expected each host once, found `a` again"),
        (
            #"{"id": "c", "lables": {}}"#,
            "error: expected a key of a host, found `lables`   hint: did you mean `labels`?"
        ),
        (#"{"id": "c", "labels": ["x"]}"#, "error: `labels`: expected a mapping, found another value"),
        (#"{"id": "c", "labels": {"a": 1"#, "error: expected `,` or `}`, found the end"),
        (#"{"id": "c\u0007"}"#, "error: expected an id without control characters"),
        (#"{"id": "c", "install": {}}"#, "`install`: expected text"),
    ])
    func aLineOfTheInventoryThatIsWrongIsNamed(line: String, message: String) {
        let found = Self.diagnostics(["inventory/x.jsonl": line])
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
    }

    @Test func aNameOfAHostHoldsNoControlCharacters() {
        let found = Self.diagnostics(["inventory/x.yaml": "hosts: {\"c\\u001b[2J\": {}}\n"])
        #expect(found.map { $0.contains("inventory/x.yaml:1:9: error: expected an id without control") } == [true])
    }

    @Test func aHostHasItsFactsInOnePlace() {
        let found = Self.diagnostics(["facts/x.jsonl": #"{"id": "a"}"#, "facts/a.json": "{}"])
        #expect(found.map { $0.contains("expected each host once, found `a` again") } == [true])
    }

    @Test func linesAreWhatFilesAre() {
        let facts = #"{"id": "a", "os": {"id": "debian", "versions": [1, 2.5, "\u00e4", null, true]}, "text": "\"q\""}"#
        func value(_ files: [String: String]) -> String {
            var all = [
                "site.yaml": "site: test\n",
                "manifests/x.yaml":
                    "file: {/x: {content: \"${{ json(facts) }} ${{ json(fleet) }} ${{ json(labels) }}\"}}\n",
            ]
            all.merge(files) { $1 }
            let site = Site(MapSite(all), types: Registry.all, engine: EngineVersion("0.1.0"))
            let compiler = SharedCompiler(SharedSite(site))
            let compilation = compiler.compilation(for: compiler.target(ofHost: "a"))
            #expect(compilation.diagnostics.list.isEmpty && compiler.diagnostics.list.isEmpty)
            return compilation.catalog.map { $0.declarations.map { RecordedFields(of: $0.resource).text }.joined() }
                ?? "none"
        }
        let files = value(["facts/a.json": facts, "inventory/h.yaml": "hosts: {a: {labels: {x: 1, y: [z]}}}\n"])
        let lines = value([
            "facts/all.jsonl": facts + "\n", "inventory/h.jsonl": #"{"id": "a", "labels": {"x": 1, "y": ["z"]}}"#,
        ])
        #expect(files == lines)
        #expect(files != value(["facts/a.json": #"{"id": "a"}"#, "inventory/h.yaml": "hosts: {a: {}}\n"]))
    }
}
