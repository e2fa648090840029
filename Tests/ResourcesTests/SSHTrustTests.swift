import Compiler
import Engine
import SystemFiles
import Model
import Resources
import SimulatedHost
import Testing

/// What is particular about trusts, beside the laws and the judge (Tests/Tools/ssh_trust-judge.sh).
@Suite struct SSHTrustTests {
    /// Public keys that differ in their last bytes.
    static func key(_ number: UInt8) -> String {
        let blob = [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + [UInt8](repeating: number, count: 32)
        return "ssh-ed25519 \(Base64.text(of: blob))"
    }

    /// The facts of a host; nil: it has not reported any.
    struct Host {
        var id: String
        var label: String
        var number: UInt8
        var keyNumber: UInt8?
        var name: String?
        var hasUserKey = true
        var hasFacts = true

        var facts: String {
            let host =
                #"{"type": "ssh-ed25519", "key": "\#(key(keyNumber ?? number))", "file": "/etc/ssh/ssh_host_ed25519_key.pub"}"#
            let user = hasUserKey ? #""t": {"user": "root", "key": "\#(key((keyNumber ?? number) + 100))"}"# : ""
            return #"""
                {"hostname": "\#(name ?? id)", "fqdn": "\#(name ?? id).example.org", "ip": "192.0.2.\#(number)",
                 "ssh": {"host_keys": [\#(host)], "user_keys": {\#(user)}}}
                """#
        }
    }

    static let hosts = [
        Host(id: "law", label: "both", number: 1), Host(id: "ci", label: "from", number: 2),
        Host(id: "web", label: "to", number: 3), Host(id: "db", label: "none", number: 4),
    ]

    static func trust(_ more: String = "", name: String = "t") -> String {
        """
        ssh_trust:
          \(name):
            from: {user: root, hosts: 'labels.side in ["from", "both"]'}
            to: {user: root, hosts: 'labels.side in ["to", "both"]'}
            \(more)
        file: {/etc/marker: {content: x}}

        """
    }

    static func compilation(_ manifest: String, _ hosts: [Host] = hosts, on id: String = "law") -> Compilation {
        var files = [
            "site.yaml": "site: law\n", "manifests/law.yaml": manifest,
            "inventory/a.yaml": "hosts:\n" + hosts.map { "  \($0.id): {labels: {side: \($0.label)}}\n" }.joined(),
        ]
        for host in hosts where host.hasFacts { files["facts/\(host.id).json"] = host.facts }
        let site = Site(MapSite(files), types: Registry.all, engine: EngineVersion("0.1.0"))
        return site.compilation(
            for: CompilationTarget(identity: HostIdentity(id: id, name: id), facts: FactsSnapshot([:])))
    }

    static func catalog(_ manifest: String, _ hosts: [Host] = hosts, on id: String = "law") throws -> Catalog {
        let compilation = compilation(manifest, hosts, on: id)
        guard let catalog = compilation.catalog else {
            throw LawBench.Problem(text: compilation.diagnostics.sorted.map(\.text).joined(separator: "\n"))
        }
        return catalog
    }

    private func bench() throws -> LawBench {
        try LawBench.simulated(with: [("/etc/ssh/ssh_config.d/a", "")])
    }

    private func converge(_ catalog: Catalog, on bench: LawBench) throws {
        let report = try bench.apply(try bench.plan(catalog))
        #expect(report.count(.failed, .skipped) == 0, "\(report.outcomes.compactMap(\.reason?.text))")
        let second = try bench.plan(catalog)
        #expect(!second.hasChanges, "\(second.fullText)")
    }

    private static let keys = "/root/.ssh/authorized_keys", known = "/etc/ssh/ssh_known_hosts"
    private static let configuration = "/etc/ssh/ssh_config.d/60-lodestar-trust-t.conf"

    @Test(arguments: [
        (
            "from: {user: root}, to: {user: root, hosts: 'true'}",
            "2:13: error: `from`: expected {user: NAME, hosts: CONDITION}"
        ),
        ("from: root, to: {user: root, hosts: 'true'}", "`from`: expected {user: NAME, hosts: CONDITION}"),
        ("from: {usr: root, hosts: 'true'}, to: {user: root, hosts: 'true'}", "found `usr`"),
        ("from: {user: 'a b', hosts: 'true'}, to: {user: root, hosts: 'true'}", "expected an account name"),
        ("from: {user: root, hosts: 'true'}", "expected `to`, found none"),
        (
            "from: {user: root, hosts: 'lables.a'}, to: {user: root, hosts: 'true'}",
            "2:34: error: expected a name in scope, found `lables`"
        ),
        (
            "from: {user: root, hosts: 'labels.no'}, to: {user: root, hosts: 'true'}",
            "the label `no` is not set on this host"
        ),
        (
            "from: {user: root, hosts: '1'}, to: {user: root, hosts: 'true'}",
            "expected a condition that is true or false"
        ),
        (
            "from: {user: root, hosts: 'true'}, to: {user: root, hosts: 'true'}, options: 'a b'",
            "a blank outside quotes"
        ),
        (
            "from: {user: root, hosts: 'true'}, to: {user: root, hosts: 'true'}, options: 'restrict,cert-authority'",
            "expected what a login may do, found `cert-authority`"
        ),
        (
            "from: {user: root, hosts: 'true'}, to: {user: root, hosts: 'true'}, options: 'restrict,ptyy'",
            "found the option `ptyy`"
        ),
        (
            "from: {user: root, hosts: 'true'}, to: {user: root, hosts: 'true'}, names: ['[a]:2222']",
            "ssh_trust:t: expected names without ports"
        ),
        (
            "from: {user: root, hosts: 'true'}, to: {user: root, hosts: 'true'}, addresses: true, options: 'from=\"1.1.1.1\"'",
            "expected addresses in one place"
        ),
    ])
    func whatIsNoTrustIsRefused(_ properties: String, _ message: String) {
        let text = Self.compilation("ssh_trust:\n  t: {\(properties)}\n").diagnostics.sorted.map(\.text).joined(
            separator: "\n")
        #expect(text.contains(message), "\(text)")
    }

    @Test func eachSideTakesItsPart() throws {
        let bench = try bench()
        try bench.put("# mine\n\(Self.key(9)) me\n", at: Self.keys)
        try converge(try Self.catalog(Self.trust()), on: bench)
        #expect(
            try bench.text(Self.keys) == """
                # mine
                \(Self.key(9)) me
                restrict,pty \(Self.key(102)) lodestar:t:ci
                restrict,pty \(Self.key(101)) lodestar:t:law

                """)
        #expect(
            try bench.text(Self.known) == """
                law,law.example.org,192.0.2.1 \(Self.key(1))
                web,web.example.org,192.0.2.3 \(Self.key(3))

                """)
        #expect(
            try bench.text(Self.configuration) == """
                # ssh_trust:t, by Lodestar
                Match localuser root user root host law,law.example.org,192.0.2.1,web,web.example.org,192.0.2.3
                    IdentityFile %d/.ssh/id_t
                    IdentitiesOnly yes

                """)
        let key = try #require(OpenSSHKey.publicKey(of: try bench.bytes("/root/.ssh/id_t"), comment: "root@t"))
        #expect(try bench.text("/root/.ssh/id_t.pub") == key.line + "\n")
        #expect(try bench.host.status(of: "/root/.ssh/id_t".asPath)?.permissions.bits == 0o600)
        try converge(try Self.catalog("file: {/etc/marker: {content: x}}\n"), on: bench)
        #expect(try bench.text(Self.keys) == "# mine\n\(Self.key(9)) me\n")
        for path in [Self.configuration, "/root/.ssh/id_t", "/root/.ssh/id_t.pub"] {
            #expect(try bench.host.status(of: path.asPath) == nil)
        }
        #expect(try bench.text(Self.known)?.isEmpty != false)
    }

    @Test(arguments: [("ci", 0, 1), ("web", 1, 0), ("db", 0, 0)])
    func aHostTakesOnlyItsPart(_ id: String, _ groups: Int, _ pairs: Int) throws {
        let types = try Self.catalog(Self.trust(), on: id).declarations.map(\.address.type)
        #expect(types.count { $0 == "key_group" } == groups)
        #expect(types.count { $0 == "ssh_key" } == pairs)
    }

    @Test func aKeyCountsFromTheAddressOfItsHost() throws {
        let group = try #require(
            try Self.catalog(Self.trust("addresses: true"), on: "web").declarations.lazy.compactMap {
                $0.resource as? KeyGroup
            }.first)
        #expect(
            group.keys.list.map { $0.key.options } == [
                #"from="192.0.2.2",restrict,pty"#, #"from="192.0.2.1",restrict,pty"#,
            ])
    }

    @Test func whatIsNotKnownYetIsANote() throws {
        var hosts = Self.hosts
        hosts[1].hasUserKey = false
        hosts[2].hasFacts = false
        let notes = Self.compilation(Self.trust(), hosts).diagnostics.sorted.map(\.text)
        #expect(
            notes == [
                "manifests/law.yaml:3:11: note: ssh_trust:t: 1 of 2 hosts have not reported their key: ci",
                "manifests/law.yaml:4:9: note: ssh_trust:t: 1 of 2 hosts have not reported their names and host keys: web",
            ])
    }

    /// Only what says that a host has left takes its key away.
    @Test func aHostWhoseFactsAreMissingKeepsItsKey() throws {
        let bench = try bench()
        try converge(try Self.catalog(Self.trust()), on: bench)
        let both = try bench.text(Self.keys)
        var hosts = Self.hosts
        hosts[1].hasFacts = false
        try converge(try Self.catalog(Self.trust(), hosts), on: bench)
        #expect(try bench.text(Self.keys) == both)
        hosts[0].hasFacts = false
        try converge(try Self.catalog(Self.trust(), hosts), on: bench)
        #expect(try bench.text(Self.keys) == both)
        hosts[1] = Host(id: "ci", label: "from", number: 7)
        try converge(try Self.catalog(Self.trust(), hosts), on: bench)
        #expect(try bench.text(Self.keys)?.contains(Self.key(102)) == false, "a new key replaces the former one")
        hosts[1].label = "none"
        try converge(try Self.catalog(Self.trust(), hosts), on: bench)
        #expect(try bench.text(Self.keys) == "restrict,pty \(Self.key(101)) lodestar:t:law\n")
        try converge(try Self.catalog("file: {/etc/marker: {content: x}}\n", hosts), on: bench)
        #expect(try bench.text(Self.keys)?.isEmpty != false)
    }

    @Test func anAbsentTrustTakesAllAway() throws {
        let bench = try bench()
        try converge(try Self.catalog(Self.trust()), on: bench)
        try converge(
            try Self.catalog("ssh_trust: {t: {state: absent}}\nfile: {/etc/marker: {content: x}}\n"), on: bench)
        for path in [Self.configuration, "/root/.ssh/id_t", "/root/.ssh/id_t.pub"] { #expect(try !bench.has(path)) }
        #expect(try bench.text(Self.keys)?.isEmpty != false && bench.text(Self.known)?.isEmpty != false)
    }

    /// A group whose keys came after its declaration was made by us all the same.
    @Test func whatComesLaterGoesToo() throws {
        let bench = try bench()
        var hosts = Self.hosts
        for position in hosts.indices { hosts[position].hasUserKey = false }
        try converge(try Self.catalog(Self.trust(), hosts), on: bench)
        try converge(try Self.catalog(Self.trust()), on: bench)
        try converge(try Self.catalog("file: {/etc/marker: {content: x}}\n"), on: bench)
        #expect(try bench.text(Self.keys)?.isEmpty != false)
    }

    @Test func aTrustOfAnotherNameKeepsItsKey() throws {
        let bench = try bench()
        try converge(try Self.catalog(Self.trust()), on: bench)
        let key = try bench.bytes("/root/.ssh/id_t")
        try converge(try Self.catalog(Self.trust("identity: id_t", name: "new")), on: bench)
        #expect(try bench.bytes("/root/.ssh/id_t") == key)
        #expect(try bench.host.status(of: Self.configuration.asPath) == nil)
    }

    @Test func trustsHaveKnownHostsInCommon() throws {
        let bench = try bench()
        let two =
            Self.trust() + "\n"
            + Self.trust(name: "u").split(separator: "\n").dropFirst().dropLast().joined(separator: "\n")
        let manifest = two.split(separator: "\n").filter { !$0.hasPrefix("file") && !$0.isEmpty }.joined(
            separator: "\n")
        let catalog = try Self.catalog(manifest + "\nfile: {/etc/marker: {content: x}}\n")
        #expect(catalog.declarations.count { $0.address.type == "known_host" } == 2)
        #expect(catalog.declarations.count { $0.address.type == "ssh_key" } == 2)
        try converge(catalog, on: bench)
        let known = try bench.text(Self.known)
        try converge(try Self.catalog(Self.trust(name: "u")), on: bench)
        #expect(try bench.text(Self.known) == known, "the other one needs them")
    }

    @Test(arguments: [
        (
            "name", Host(id: "two", label: "to", number: 8, name: "web"),
            "each name of one host, found web in the facts of two and as the id of web"
        ),
        // `db` is on no side.
        (
            "name", Host(id: "two", label: "to", number: 8, name: "DB"),
            "found db in the facts of two and as the id of db"
        ),
        ("address", Host(id: "two", label: "to", number: 4), "found 192.0.2.4 in the facts of db and of two"),
        ("host key", Host(id: "two", label: "to", number: 8, keyNumber: 3), "each host key of one host"),
        ("key", Host(id: "two", label: "from", number: 8, keyNumber: 2), "of one host"),
    ])
    func twoHostsThatClaimOneThingAreRefused(_ what: String, _ rival: Host, _ message: String) {
        let text = Self.compilation(Self.trust(), Self.hosts + [rival]).diagnostics.sorted.map(\.text).joined(
            separator: "\n")
        #expect(text.contains(message) && text.contains("manifests/law.yaml:2:3: error: "), "\(text)")
    }

    /// What two hosts have is refused only where the trust would write it, or not at all where `names` leave it out.
    @Test func sharedNamesOutsideOfATrustAreNoMatter() throws {
        var db = Self.hosts[3]
        db.number = 2
        _ = try Self.catalog(Self.trust(), Self.hosts.dropLast() + [db])
        let rival = Host(id: "two", label: "to", number: 4)
        _ = try Self.catalog(Self.trust(), Self.hosts + [rival], on: "two")
        let catalog = try Self.catalog(Self.trust("names: ['*.example.org', 'web']"), Self.hosts + [rival])
        let known = catalog.declarations.compactMap { $0.resource as? KnownHost }
        #expect(
            known.map { [$0.host.text] + ($0.aliases ?? []).map(\.text) } == [
                ["law.example.org"], ["web", "web.example.org"], ["two.example.org"],
            ])
    }

    /// The inventory is the operator's word: a host outside of the trust that claims the id of one in it stops nothing.
    @Test func theInventoryComesFirst() throws {
        var db = Self.hosts[3]
        db.name = "web"
        let message = Self.compilation(Self.trust(), Self.hosts.dropLast() + [db]).diagnostics.sorted.map(\.text)
        #expect(message.contains { $0.contains("found web.example.org in the facts of web and of db") }, "\(message)")
        _ = try Self.catalog(Self.trust("names: [web]"), Self.hosts.dropLast() + [db])
    }

    /// A certificate for a host says names, so that a host of `to` alone is asked too.
    @Test func noCertificateIsAskedForTheNameOfAnother() {
        let rival = Host(id: "two", label: "to", number: 8, name: "db")
        for (mode, count) in [("keys", 0), ("ca", 1)] {
            let found = Self.compilation(Self.trust("mode: \(mode)"), Self.hosts + [rival], on: "two").diagnostics
            #expect(found.sorted.count { $0.severity == .error } == count)
        }
    }

    /// What is no key, or no name for others, is not believed, and never reaches a file.
    @Test(arguments: [
        #"{"ssh": {"user_keys": {"t": {"user": "root", "key": "command=\"x\" KEY"}}}}"#,
        #"{"ssh": {"user_keys": {"t": {"user": "root", "key": "KEY\nssh-rsa x"}}}}"#,
        #"{"ssh": {"user_keys": {"t": {"user": "app", "key": "KEY"}}}}"#,
        #"{"ssh": {"user_keys": {"t": {"user": "root", "key": ["KEY"]}}}}"#,
        #"{"ssh": {"user_keys": {"t": "KEY"}}}"#, #"{"ssh": []}"#,
        #"{"hostname": "localhost", "fqdn": "*", "ip": "127.0.0.1", "ssh": {"host_keys": [{"key": "KEY", "file": "/a"}]}}"#,
        #"{"hostname": "a b", "fqdn": "a,b", "ip": "::1", "ssh": {"host_keys": [{"key": "KEY", "file": "/a"}]}}"#,
        #"{"hostname": "x\n* KEY", "fqdn": "!x", "ip": "0.0.0.0", "ssh": {"host_keys": [{"key": "KEY", "file": "/a"}]}}"#,
        #"{"hostname": "x", "ssh": {"host_keys": [{"key": "@revoked KEY", "file": "/a"}, {"key": "KEY"}]}}"#,
    ])
    func factsThatAreNoneAreNotBelieved(_ facts: String) throws {
        let files = [
            "site.yaml": "site: law\n", "manifests/law.yaml": Self.trust(),
            "inventory/a.yaml": "hosts:\n  law: {labels: {side: both}}\n",
            "facts/law.json": facts.replacing("KEY", with: Self.key(5)),
        ]
        let site = Site(MapSite(files), types: Registry.all, engine: EngineVersion("0.1.0"))
        let target = CompilationTarget(identity: HostIdentity(id: "law", name: "law"), facts: FactsSnapshot([:]))
        let compilation = site.compilation(for: target)
        let types = try #require(compilation.catalog).declarations.map(\.address.type)
        #expect(!types.contains("known_host"))
        #expect(compilation.diagnostics.sorted.count { $0.severity == .note } == 2)
    }

    @Test(arguments: [
        (["/root/.ssh/id_t": "no key\n"], "is no private key of OpenSSH")
    ])
    func whatIsThereAndNoKeyIsRefused(_ files: [String: String], _ message: String) throws {
        let bench = try bench()
        for (path, text) in files { try bench.put(text, at: path) }
        let said = try bench.plan(try Self.catalog(Self.trust())).fullText
        #expect(said.contains(message), "\(said)")
    }

    /// A public key that was changed or lost comes from the private one again; a private one that is open is closed.
    @Test func theHalvesOfAPairBelongTogether() throws {
        let bench = try bench()
        try converge(try Self.catalog(Self.trust()), on: bench)
        let open = try bench.text("/root/.ssh/id_t.pub"), secret = try bench.bytes("/root/.ssh/id_t")
        try bench.put(Self.key(66) + "\n", at: "/root/.ssh/id_t.pub")
        try bench.perform([
            .setAttributes(
                AttributeChange(
                    try "/root/.ssh/id_t".asPath, kind: .file,
                    attributes: Attributes(mode: FileMode(Permissions(0o644)))))
        ])
        let plan = try bench.plan(try Self.catalog(Self.trust()))
        #expect(plan.fullText.contains("mode") && plan.fullText.contains("that of the private key"))
        _ = try bench.apply(plan)
        #expect(try bench.text("/root/.ssh/id_t.pub") == open)
        #expect(try bench.bytes("/root/.ssh/id_t") == secret)
        #expect(!plan.fullText.contains("PRIVATE"))
    }
}
