import Compiler
import Foundation
import Model
import Resources
import Testing

/// Hosts that are compiled together come to what each comes to alone.
@Suite struct SharedCompilerTests {
    /// Hosts that differ in all that the golden sites ask for.
    private static let facts: [Datum?] = {
        var all: [Datum?] = [nil, ["hostname": "odd", "os": "no mapping"], ["os": ["family": .null]]]
        for os in ["debian", "ubuntu", "alpine"] {
            for number in 1...3 { all.append(facts(os, Int64(number))) }
        }
        return all
    }()

    private static func facts(_ os: String, _ number: Int64) -> Datum {
        let family = number == 2 ? "redhat" : "debian", name = number == 1 ? "web1" : "db\(number)"
        return [
            "os": ["id": .string(os), "family": .string(family), "version": .int(number)], "hostname": .string(name),
            "memory": ["total_bytes": .int(number << 30)], "cpu": ["count": .int(number)],
        ]
    }

    @Test(arguments: GoldenSiteTests.names) func aGoldenSiteIsTheSame(_ name: String) throws {
        let reader = try MapSite(reading: GoldenSiteTests.folder.appending(path: name))
        try compare(reader, ids: nil)
    }

    @Test(arguments: ["fleet", "company", "web"]) func anExampleIsTheSame(_ name: String) throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Examples")
        try compare(try MapSite(reading: root.appending(path: name)), ids: nil)
    }

    /// What an expression asks for depends on what it was told: a mapping on one host, a text on another.
    @Test func answersOfAnotherKindAreNotMixedUp() throws {
        let reader = MapSite([
            "site.yaml": "site: test\nlayers: [\"data/${{ host.id }}.yaml\", data/all.yaml]\n",
            "data/all.yaml": "port: 1\nnames: {a: 1, b: 2}\n", "data/h2.yaml": "port: 2\n",
            "inventory/hosts.yaml": """
            groups:
              big: {hosts: 'has(facts.memory) && facts.memory.total_bytes > 1073741824', labels: {size: big}}
            hosts: {h0: {}, h1: {labels: {tier: web}}, h2: {labels: {tier: db}}, h3: {}, h4: {}, h5: {}}
            """,
            "roles/thing.yaml": """
            parameters: {n: {type: int}, who: {type: string, default: nobody}}
            file:
              "/n/${{ param.n }}": {content: "${{ param.who }}"}
            """,
            "manifests/a.yaml": """
            vars: {me: "${{ host.id }}", port: "${{ data.port }}"}
            role:
              thing: {for_each: "${{ data.names }}", use: thing, with: {n: "${{ each.value }}", who: "${{ vars.me }}"}}
            file:
              /os: {content: "${{ has(facts.os) && has(facts.os.id) ? facts.os.id : 'none' }}"}
              /port: {content: "${{ vars.port }}"}
              /same: {content: "${{ labels }} ${{ json(facts) }}"}
              /size: {content: "${{ 'size' in labels ? labels.size : 'small' }}", when: "spread('x', 3) < 2"}
            extend:
              file:
                /port: {require: ["file:/os"], tags: ["${{ host.id }}"]}
                /size: {tags: ["${{ facts.hostname }}"], when: "has(facts.cpu) && facts.cpu.count == 2"}
            """,
        ])
        try compare(reader, ids: (0..<6).map { "h\($0)" })
    }

    /// A part of the facts that is handed on is asked of the host that it is compiled for, not of the first one.
    @Test func partsOfFactsAreThoseOfTheHost() throws {
        let reader = MapSite([
            "site.yaml": "site: test\n",
            "inventory/hosts.yaml": "hosts: {h0: {labels: {at: {x: 1}}}, h1: {labels: {at: {x: 2}}}}\n",
            "roles/os.yaml": """
            parameters: {os: {type: map}}
            file:
              /os: {content: "${{ param.os.id }}"}
              "/part/${{ each.key }}": {for_each: "${{ param.os }}", content: "${{ each.value }}"}
            """,
            "manifests/a.yaml": """
            vars: {os: "${{ facts.os }}"}
            role: {os: {with: {os: "${{ facts.os }}"}, when: "has(facts.os) && facts.os != 'no mapping'"}}
            file:
              /vars: {content: "${{ has(vars.os.id) ? vars.os.id : 'none' }}", when: "has(facts.os) && facts.os != 'no mapping'"}
              "/each/${{ each.key }}": {for_each: {a: "${{ facts }}", b: "${{ labels.at }}"}, content: "${{ each.key == 'a' ? each.value.hostname : string(each.value.x) }}"}
            """,
        ])
        try compare(reader, ids: ["h0", "h1"])
    }

    private func compare(_ reader: MapSite, ids: [String]?) throws {
        func site() -> Site { Site(reader, types: Registry.all, engine: EngineVersion("0.1.0")) }
        let shared = SharedCompiler(SharedSite(site())), alone = site()
        let own = alone.hostIdentifiers.isEmpty ? ["any"] : alone.hostIdentifiers
        // Each combination again and again: the second time everything is known, and after some more there are plans.
        for turn in 0..<(own.count < 4 ? 5 : 8) {
            for (index, id) in (ids ?? own).enumerated() {
                // Of many hosts each meets some of the facts.
                for (number, facts) in Self.facts.enumerated() where own.count < 4 || (index + number + turn) % 4 == 0 {
                    let name = facts?["hostname"].flatMap { if case .string(let text) = $0 { text } else { nil } }
                    let target = CompilationTarget(
                        identity: HostIdentity(id: id, name: name ?? id, ip: "10.0.0.\(id.utf8.count)"),
                        facts: facts.map { FactsSnapshot($0) })
                    let one = alone.compilation(for: target), other = shared.compilation(for: target)
                    var diagnostics = shared.diagnostics
                    diagnostics.add(contentsOf: other.diagnostics)
                    let lines = [one.diagnostics, diagnostics].map { Set($0.list.map(\.text)) }
                    #expect(lines[0].symmetricDifference(lines[1]) == [], "\(id) \(facts?.json ?? "-")")
                    #expect(Self.text(one.catalog) == Self.text(other.catalog), "\(id) \(facts?.json ?? "-")")
                    #expect(one.labels == other.labels)
                }
            }
        }
    }

    private static func text(_ catalog: Catalog?) -> String {
        guard var catalog else { return "none" }
        catalog.digest = Digest(of: "")
        return catalog.datum.json + catalog.dormant.map(\.description).sorted().joined()
            + catalog.declarations.map { RecordedFields(of: $0.resource).text }.joined()
    }
}
