import Compiler
import Fleet
import Foundation
import Model
import Resources
import TestSupport
import Testing

/// What a change of a site does to the hosts of a fleet.
@Suite struct FleetDifferenceTests {
    private static let base = [
        "site.yaml": "site: test\nlayers: [\"data/${{ labels.env }}.yaml\"]\n", "data/prod.yaml": "port: 80\n",
        "data/dev.yaml": "port: 8080\n",
        "inventory/hosts.yaml": """
        groups:
          web: {hosts: 'host.name.startsWith("web")', labels: {tier: web}}
          db: {hosts: 'host.name.startsWith("db")', labels: {tier: db}}
        hosts:
          a: {labels: {env: prod}}
          b: {labels: {env: prod}}
          c: {labels: {env: dev}}
          d: {labels: {env: dev}}
          e: {labels: {env: dev}}
        """,
        "facts/a.json": #"{"hostname": "web1", "os": {"id": "debian"}}"#,
        "facts/b.json": #"{"hostname": "db1", "os": {"id": "debian"}}"#,
        "facts/all.jsonl": """
        {"id": "c", "hostname": "web2", "os": {"id": "debian"}}
        {"id": "d", "hostname": "web3", "os": {"id": "ubuntu"}}

        """,
        "manifests/all.yaml": """
        file:
          /etc/port: {content: "one\\nport ${{ data.port }}\\nthree\\n"}
          /etc/name: {content: "I am ${{ host.name }}\\n"}
        service:
          x: {enabled: true, subscribe: ["file:/etc/port"]}
        user:
          ana: {uid: 3000}
        directory:
          /srv/data: {on_undeclare: remove}
          /opt/web: {when: 'has(labels.tier) && labels.tier == "web"'}
        """,
    ]

    private static func site(_ changes: [String: String?]) -> Site {
        var files = base
        for (path, text) in changes { files[path] = text }
        return Site(MapSite(files), types: Registry.all, engine: EngineVersion("0.1.0"))
    }

    private static func summary(_ changes: [String: String?], from old: [String: String?] = [:]) -> FleetSummary {
        let sites = FleetSites(old: site(old), new: site(changes))
        // Two tasks, as on two processors.
        let comparers = [FleetComparer(sites), FleetComparer(sites)]
        for position in sites.hosts.indices { comparers[position % 2].compare(position) }
        var whole = FleetDifference(hosts: sites.hosts)
        for comparer in comparers.reversed() { whole.add(comparer.finished()) }
        return FleetSummary(whole, old: "old", new: "new")
    }

    private static func edited(_ path: String, _ edits: [(String, String)]) -> [String: String?] {
        var text = base[path] ?? ""
        for (old, new) in edits {
            precondition(text.contains(old))
            text = text.replacing(old, with: new)
        }
        return [path: text]
    }

    private static let sample = edited(
        "manifests/all.yaml",
        [
            ("port ${{ data.port }}", "the port ${{ data.port }}"), ("I am ${{", "This is ${{"),
            ("  ana: {uid: 3000}", "  bob: {uid: 3001}"),
            ("/srv/data: {on_undeclare: remove}", "/srv/new: {mode: \"0700\"}"),
            (#"labels.tier == "web"'}"#, #"labels.tier == "db"'}"#),
        ])

    @Test(arguments: ["txt", "md", "json"]) func aChangeIsShownAsRecorded(_ form: String) throws {
        let summary = Self.summary(Self.sample)
        let text =
            switch form {
            case "txt": DifferenceText(summary).text
            case "md": DifferenceText(summary).markdown
            default: summary.datum.json
            }
        let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/sample.\(form)")
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try (text + "\n").write(to: golden, atomically: true, encoding: .utf8)
            Issue.record("recorded \(golden.path())")
            return
        }
        #expect(try String(contentsOf: golden, encoding: .utf8) == text + "\n")
    }

    @Test func aChangeOfWhatOnlyOneHostIsCalledIsTheSameForAll() {
        let summary = Self.summary(Self.edited("manifests/all.yaml", [("I am ${{", "This is ${{")]))
        #expect(summary.groups.count == 1)
        #expect(summary.groups.first?.hosts == [0, 1, 2, 3])
    }

    @Test(arguments: [
        ("data/prod.yaml", "port: 81\n", #"labels.env == "prod""#),
        ("data/dev.yaml", "port: 81\n", #"labels.env == "dev""#),
    ])
    func aGroupIsNamedByItsLabels(path: String, text: String, selector: String) {
        // e has no facts, and is left out of the comparison.
        let groups = Self.summary([path: text, "facts/e.json": #"{"hostname": "x", "os": {"id": "debian"}}"#]).groups
        #expect(groups.map(\.selector) == [selector])
    }

    @Test func eachHostIsCountedOnce() {
        let inventory = Self.edited(
            "inventory/hosts.yaml",
            [("  b: {labels: {env: prod}}\n", ""), ("  c: ", "  n: {labels: {env: dev}}\n  c: ")])
        var changes = inventory
        changes["facts/n.json"] = #"{"hostname": "new"}"#
        changes["manifests/z.yaml"] = """
            directory: {/d: {mode: "${{ facts.os.id == 'ubuntu' ? 'no mode' : '0755' }}", when: host.id != 'n'}}
            """
        let summary = Self.summary(changes)
        let counts: [FleetDifference.Outcome: Int] = Dictionary(grouping: summary.outcomes.compactMap { $0 }) { $0 }
            .mapValues(\.count)
        #expect(counts == [.changed: 2, .new: 1, .gone: 1, .refused: 1, .unknown: 1])
        #expect(counts.values.reduce(0, +) == summary.hosts.count)
        #expect(summary.faults.map(\.hosts) == [[summary.hosts.firstIndex(of: "d") ?? -1]])
        #expect(summary.counts.hasPrefix("6 hosts: "))
    }

    @Test func theSameSiteHasNoDifference() {
        let summary = Self.summary([:])
        #expect(!summary.hasDifferences)
        #expect(summary.counts == "5 hosts: 4 the same, 1 unknown for want of facts")
    }

    @Test func factsThatChangedAreNoDifferenceOfTheSite() {
        let summary = Self.summary(["facts/a.json": #"{"hostname": "db9", "os": {"id": "alpine"}}"#])
        #expect(!summary.hasDifferences)
    }

    @Test func secretsAreNotShown() {
        // Without an identity a secret is unknown on both sides; what is written in clear is a value like any other.
        let old = ["manifests/u.yaml": "user: {eve: {password: \"$6$aaaaaaaa$b\"}}\n"]
        let summary = Self.summary(["manifests/u.yaml": "user: {eve: {password: \"$6$aaaaaaaa$c\"}}\n"], from: old)
        let text = DifferenceText(summary).text + summary.datum.json + summary.page
        #expect(text.contains("(another secret)"))
        #expect(!text.contains("aaaaaaaa"))
    }

    @Test func aPageHoldsNothingThatEndsItsScript() {
        let summary = Self.summary(
            Self.edited("manifests/all.yaml", [("I am ${{", "</script><script>alert(1)</script> ${{")]))
        #expect(summary.page.ranges(of: "</script>").count == 2)
        #expect(DifferenceText(summary).markdown.contains("</script>"))
    }

    @Test func whatHoldsASecretIsNeverCalledTheSameUnread() {
        let old = [
            "secrets/p.age": "age-encryption.org/v1\n",
            "manifests/s.yaml": "file: {/etc/sudoers.d/x: {content: \"# ${{ secret('p') }}\\n\"}}\n",
        ]
        let new = [
            "manifests/s.yaml": "file: {/etc/sudoers.d/x: {content: \"# ${{ secret('p') }}\\nmallory ALL\\n\"}}\n"
        ]
        let summary = Self.summary(old.merging(new) { $1 }, from: old)
        #expect(summary.unknown.map { "\($0.key) \($0.value)" } == ["file:/etc/sudoers.d/x 4"])
        #expect(DifferenceText(summary).text.contains("not known"))
    }

    @Test func factsOfOtherHostsAreTheNewSitesOnBothSides() {
        let walk =
            "file: {/etc/all: {content: \"${{ fleet.map(id, has(fleet[id].facts) ? fleet[id].facts.hostname : '-').join(' ') }}\"}}\n"
        let old = ["manifests/w.yaml": walk]
        let facts = ["facts/a.json": #"{"hostname": "web9", "os": {"id": "debian"}}"#]
        #expect(!Self.summary(old.merging(facts) { $1 }, from: old).hasDifferences)
        // A file that is gone is no change either: the old site has the facts.
        let gone: [String: String?] = ["manifests/w.yaml": walk, "facts/a.json": nil]
        #expect(!Self.summary(gone, from: old).hasDifferences)
    }

    @Test func theSameTextIsOneGroupWhateverHostsItNames() {
        let old = ["manifests/w.yaml": "file: {/etc/allow: {content: \"web1 db1\\n\"}}\n"]
        let summary = Self.summary(
            ["manifests/w.yaml": "file: {/etc/allow: {content: \"web1 db1 web2\\n\"}}\n"], from: old)
        #expect(summary.groups.map(\.hosts) == [[0, 1, 2, 3]])
    }

    @Test func aLabelThatOthersLackIsAskedForFirst() {
        let change = Self.edited(
            "manifests/all.yaml",
            [("port ${{ data.port }}", "port ${{ has(labels.tier) && labels.tier == 'db' ? 1 : data.port }}")])
        #expect(Self.summary(change).groups.map(\.selector) == [#"has(labels.tier) && labels.tier == "db""#])
    }

    @Test func markdownShowsNamesAsTheyAre() {
        let name = "x](http://evil) <img src=y> `b` **c**\\n# d"
        let change: [String: String?] = [
            "facts/a.json": "{\"hostname\": \"\(name)\", \"os\": {\"id\": \"debian\"}}",
            "manifests/bad.yaml": "directory: {/d: {mode: \"${{ host.id == 'a' ? 'x' : '0755' }}\"}}\n",
        ]
        let text = DifferenceText(Self.summary(change)).markdown
        #expect(!text.contains("](http") && !text.contains("<img") && !text.contains("\n# d") && !text.contains("**c"))
    }
}
