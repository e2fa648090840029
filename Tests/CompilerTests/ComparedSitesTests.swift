import Compiler
import Model
import Resources
import Testing

/// Two sites that are compiled side by side come to what each comes to alone, whatever they have in common.
@Suite struct ComparedSitesTests {
    private static let hosts = (0..<96).map { number in
        (id: "h\(number)", env: number % 3 == 0 ? "prod" : "dev", os: number % 2 == 0 ? "debian" : "alpine")
    }

    private static let base: [String: String] = [
        "site.yaml":
            "site: test\nlayers: [\"data/h/${{ host.id }}.yaml\", \"data/${{ labels.env }}.yaml\", data/all.yaml]\n",
        "data/prod.yaml": "port: 80\n", "data/dev.yaml": "port: 8080\nextra: [x]\n", "data/h/h5.yaml": "port: 5\n",
        "data/all.yaml": "domain: example.org\njobs: [a, b, c]\nextra: []\n",
        "inventory/hosts.yaml": "groups:\n  web: {hosts: \"labels.env == 'prod'\", labels: {tier: web}}\nhosts:\n"
            + hosts.map { "  \($0.id): {labels: {env: \($0.env)}}\n" }.joined(),
        "facts/all.jsonl": hosts.enumerated().map { number, host in
            "{\"id\": \"\(host.id)\", \"hostname\": \"n\(number)\", \"os\": {\"id\": \"\(host.os)\"}, \"cpu\": {\"count\": \(number % 5)}}\n"
        }.joined(),
        "files/motd": "Hello ${{ host.name }}\n", "files/plain": "plain\n", "files/tree/one": "1\n",
        "files/tree/two": "2\n", "secrets/p.age": "age-encryption.org/v1\n",
        "roles/app.yaml": """
        parameters: {port: {type: int}, os: {type: map}}
        file:
          "/etc/app/${{ param.os.id }}": {content: "port ${{ param.port }} of ${{ host.name }}\\n"}
          /etc/app/port: {content: "${{ param.port }}\\n"}
        """,
        "manifests/a.yaml": """
        vars: {me: "${{ host.name }}", cpus: "${{ facts.cpu.count }}"}
        role: {app: {with: {port: "${{ data.port }}", os: "${{ facts.os }}"}}}
        file:
          /etc/motd: {template: motd}
          /etc/plain: {source: plain}
          /etc/me: {content: "${{ vars.me }} ${{ vars.cpus }}\\n", notify: ["service:x"]}
          "/etc/extra/${{ each.value }}": {for_each: "${{ data.extra }}", content: "${{ facts.os.id }}\\n"}
          /etc/web: {content: x, when: 'has(labels.tier) && labels.tier == "web"'}
        crontab_entry:
          ${{ each.value }}: {for_each: "${{ data.jobs }}", user: root, minute: "${{ spread(each.value, 60) }}", command: "/bin/${{ each.value }}"}
        service: {x: {enabled: true}}
        extend: {file: {/etc/me: {tags: [t]}}}
        """,
        "manifests/b.yaml": """
        hosts: labels.env == "prod"
        file:
          /etc/fleet: {content: "${{ fleet.map(id, id + fleet[id].labels.env).join(' ') }}\\n"}
          /etc/text: {content: "${{ file('plain') }}"}
          /etc/secret: {content: "${{ secret('p') }}"}
        directory: {/srv/tree: {recurse: tree}}
        """,
    ]

    /// What is replaced in which file; nil for a file that goes.
    private static let changes: [(String, String?, String)] = [
        ("manifests/a.yaml", "content: x,", "content: y,"), ("manifests/a.yaml", "vars: {", "# a line\nvars: {"),
        ("manifests/a.yaml", "${{ host.name }}\", cpus", "${{ host.id }}\", cpus"),
        ("manifests/a.yaml", "command: \"/bin/", "command: \"/sbin/"), ("manifests/a.yaml", "tags: [t]", "tags: [u]"),
        ("manifests/a.yaml", "spread(each.value, 60)", "spread(each.value, 59)"),
        ("manifests/b.yaml", "== \"prod\"", "!= \"prod\""), ("manifests/b.yaml", nil, ""),
        ("manifests/b.yaml", "id + fleet", "'x' + id + fleet"),
        ("data/prod.yaml", "port: 80", "port: 81"), ("data/prod.yaml", nil, ""),
        ("data/dev.yaml", "[x]", "[x, y]"), ("data/h/h5.yaml", "port: 5", "domain: five"),
        ("data/all.yaml", "[a, b, c]", "[a, c]"), ("data/all.yaml", "extra: []\n", ""),
        ("files/motd", "Hello", "Welcome"), ("files/plain", "plain", "simple"), ("files/tree/two", nil, ""),
        ("secrets/p.age", "v1", "v1 "), ("roles/app.yaml", "port ${{", "the port ${{"),
        ("roles/app.yaml", "/etc/app/port:", "/etc/app/ports:"), ("roles/app.yaml", "type: int", "type: string"),
        ("inventory/hosts.yaml", "h1: {labels: {env: dev}}", "h1: {labels: {env: prod}}"),
        ("inventory/hosts.yaml", "tier: web", "tier: db"), ("inventory/hosts.yaml", "== 'prod'", "!= 'prod'"),
        ("site.yaml", "layers: [\"data/h/${{ host.id }}.yaml\", ", "layers: ["),
        ("facts/all.jsonl", "debian", "ubuntu"),
    ]

    @Test(arguments: changes.indices, [false, true]) func eachSideIsWhatItIsAlone(_ index: Int, isBack: Bool) throws {
        let (path, old, new) = Self.changes[index]
        var changed = Self.base
        let text = try #require(changed[path])
        changed[path] = old.map { text.replacing($0, with: new) }
        #expect(changed[path] != text)
        let (before, after) = isBack ? (changed, Self.base) : (Self.base, changed)
        func site(_ files: [String: String]) -> Site {
            Site(MapSite(files), types: Registry.all, engine: EngineVersion("0.1.0"))
        }
        let sites = (old: SharedSite(site(before)), new: SharedSite(site(after)))
        let newer = SharedCompiler(sites.new, factsOf: [sites.new], isPaired: true)
        let older = SharedCompiler(sites.old, factsOf: [sites.new], beside: newer)
        let alone = (old: site(before), new: site(after))
        for host in Self.hosts {
            let target = newer.target(ofHost: host.id)
            let other = newer.compilation(for: target), one = older.compilation(for: target, after: other)
            if isBack {
                // What is refused would be like anything that is.
                #expect((newer.diagnostics.list + other.diagnostics.list).map(\.text) == [])
                #expect(other.catalog != nil)
            }
            #expect(Self.text(other.catalog) == Self.text(alone.new.compilation(for: target).catalog), "new \(host.id)")
            #expect(Self.text(one.catalog) == Self.text(alone.old.compilation(for: target).catalog), "old \(host.id)")
        }
    }

    /// All but the lines of the manifests.
    private static func text(_ catalog: Catalog?) -> String {
        guard let catalog else { return "none" }
        let declarations = catalog.declarations.map { declaration in
            "\(declaration.address) \(declaration.state) \(declaration.isPartial) \(declaration.tags) "
                + RecordedFields(of: declaration.resource).text
        }
        let edges = catalog.edges.map { "\($0.from) \($0.to) \($0.isNotification) \($0.reason)" }
        return (declarations + edges + catalog.dormant.map(\.description).sorted()).joined(separator: "\n")
    }
}
