import Compiler
import Engine
import Foundation
import SystemFiles
import Model
import Resources
import Testing

/// Certificates as ssh-keygen(1) makes them, and what a trust makes of them.
@Suite(.enabled(if: LawBench.run(["which", "ssh-keygen"]).status == 0, "needs ssh-keygen (openssh-client)"))
struct CertificateTests {
    /// Public keys and certificates of all kinds that need no hardware, signed by one authority; made once.
    private static let made: [String: String] = {
        let folder = NSTemporaryDirectory() + "lodestar-certificates-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = """
            mkdir -p "$1"; cd "$1"; ssh-keygen -q -t ed25519 -N "" -f ca; n=0
            for kind in ed25519 "rsa -b 2048" "ecdsa -b 256" "ecdsa -b 521"; do
              n=$((n + 1)); ssh-keygen -q -t $kind -N "" -C c -f k$n
              ssh-keygen -q -s ca -I "trust:t law" -n trust:t,other -z 7$n -V 20240101000000Z:20240201000000Z k$n.pub
              cp k$n.pub h$n.pub; ssh-keygen -q -s ca -h -I law -n law -z 8$n h$n.pub
            done
            for file in *.pub; do echo "$file $(cat $file)"; done
            """
        let lines = LawBench.run(["sh", "-c", script, "sh", folder]).output.split(separator: "\n")
        return Dictionary(
            lines.compactMap { line in
                line.firstIndex(of: " ").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
            }, uniquingKeysWith: { first, _ in first })
    }()

    private static func text(_ name: String) throws -> String { try #require(made[name], "ssh-keygen made no \(name)") }

    @Test(arguments: 1...4) func aCertificateSaysWhatItWasMadeFor(_ number: Int) throws {
        let line = try Self.text("k\(number)-cert.pub"),
            key = try #require(PublicKey(line: try Self.text("k\(number).pub")))
        let found = try #require(OpenSSHCertificate(line: line))
        #expect(found.key == key && found.serial == UInt64(70 + number) && !found.isOfHost)
        #expect(found.identity == "trust:t law" && found.principals == ["trust:t", "other"])
        #expect(found.validBefore - found.validAfter == 31 * 86400)
        #expect(found.authority == PublicKey(line: try Self.text("ca.pub"))?.blob)
        let ofHost = try #require(OpenSSHCertificate(line: try Self.text("h\(number)-cert.pub")))
        #expect(ofHost.isOfHost && ofHost.validBefore == .max && ofHost.key == key)
        #expect(OpenSSHCertificate(line: key.line) == nil)
        let words = line.split(separator: " ")
        for count in stride(from: 4, to: words[1].count, by: 16) {
            #expect(OpenSSHCertificate(line: "\(words[0]) \(words[1].prefix(count))") == nil)
        }
    }

    /// A site whose only host is on both sides.
    ///
    /// - Parameters:
    ///   - certificates: those that its facts report: of the account, then of the host.
    ///   - date: the day on which they were read.
    private static func compilation(
        _ files: [String: String], mode: String = "ca",
        certificates: (String, String)? = ("k1-cert.pub", "h1-cert.pub"),
        date: String = "2024-01-15", more: String = ""
    ) throws -> Compilation {
        let key = try #require(PublicKey(line: try text("k1.pub")))
        func member(_ name: String?) throws -> String {
            try name.map {
                #", "certificate": "\#(try text($0).split(separator: " ").prefix(2).joined(separator: " "))""#
            } ?? ""
        }
        let facts = #"""
            {"date": "\#(date)", "hostname": "law", "ip": "192.0.2.1", "ssh": {
              "host_keys": [{"key": "\#(key.type) \#(key.blob)", "file": "/etc/ssh/ssh_host_ed25519_key.pub"\#(try member(certificates?.1))}],
              "user_keys": {"t": {"user": "root", "key": "\#(key.type) \#(key.blob)"\#(try member(certificates?.0))}}}}
            """#
        let trust = "{user: root, hosts: 'true'}"
        let manifest =
            "ssh_trust:\n  t: {mode: \(mode), from: \(trust), to: \(trust)\(more)}\nfile: {/etc/z: {content: x}}\n"
        let texts = [
            "site.yaml": "site: law\n", "manifests/law.yaml": manifest, "inventory/a.yaml": "hosts: {law: {}}\n",
            "facts/law.json": facts,
        ]
        let site = Site(MapSite(files.merging(texts) { $1 }), types: Registry.all, engine: EngineVersion("0.1.0"))
        return site.compilation(
            for: CompilationTarget(identity: HostIdentity(id: "law", name: "law"), facts: FactsSnapshot([:])))
    }

    private static func files(user: String = "k1-cert.pub", host: String = "h1-cert.pub") throws -> [String: String] {
        [
            "files/ssh/ca.pub": try text("ca.pub"), "files/ssh/certificates/law/t-cert.pub": try text(user),
            "files/ssh/certificates/law/ssh_host_ed25519_key-cert.pub": try text(host),
        ]
    }

    private static func notes(_ compilation: Compilation) -> [String] {
        compilation.diagnostics.sorted.filter { $0.severity == .note }.map(\.message)
    }

    @Test func whatTheAuthorityHasNotSignedIsANote() throws {
        #expect(
            Self.notes(try Self.compilation([:], certificates: nil)) == [
                "ssh_trust:t: the site has no files/ssh/ca.pub: `lodestar ssh sign` makes it",
                "ssh_trust:t: 1 of 1 hosts have not reported their certificate, and keep their keys: law",
                "ssh_trust:t: 1 of 1 hosts have not reported their certificate, and are known by their keys: law",
            ])
        #expect(Self.notes(try Self.compilation(try Self.files())).isEmpty)
        // A certificate of another key, one of a user for a host, and the other way round.
        for files in [
            try Self.files(user: "k2-cert.pub"), try Self.files(user: "h1-cert.pub"),
            try Self.files(host: "k1-cert.pub"),
        ] {
            #expect(
                Self.notes(try Self.compilation(files)) == [
                    "ssh_trust:t: 1 keys of law have no certificate: `lodestar ssh sign` makes it from the facts"
                ])
        }
    }

    /// From keys to certificates nobody is locked out: what was there stays until the facts have what takes its place.
    @Test func keysGoWhenTheirHostHasItsCertificate() throws {
        let bench = try LawBench.simulated(with: [("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n")])
        func state(_ compilation: Compilation) throws -> [Bool] {
            let catalog = try #require(compilation.catalog)
            let report = try bench.apply(try bench.plan(catalog))
            #expect(report.count(.failed, .skipped) == 0, "\(report.outcomes.compactMap(\.reason?.text))")
            #expect(try !bench.plan(catalog).hasChanges)
            return [
                try bench.text("/root/.ssh/authorized_keys")?.contains("lodestar:t:law") == true,
                try bench.text("/etc/ssh/ssh_known_hosts")?.hasPrefix("@cert-authority") == true,
                try bench.has("/etc/ssh/lodestar-trust/ca.pub"),
            ]
        }
        let files = try Self.files()
        #expect(try state(Self.compilation([:], mode: "keys", certificates: nil)) == [true, false, false])
        #expect(try state(Self.compilation([:], certificates: nil)) == [true, false, false], "there is no authority")
        #expect(try state(Self.compilation(files, certificates: nil)) == [true, false, true], "nothing is reported")
        for others in [("k2-cert.pub", "h2-cert.pub"), ("h1-cert.pub", "k1-cert.pub")] {
            #expect(try state(Self.compilation(files, certificates: others)) == [true, false, true], "\(others)")
        }
        #expect(try state(Self.compilation(files, date: "2024-02-02")) == [true, true, true], "it has ended")
        #expect(try state(Self.compilation(files)) == [false, true, true])
        // Nobody gets a key by it who had none.
        #expect(try state(Self.compilation(files, certificates: nil)) == [false, false, true])
    }

    @Test func bothSidesHaveTheirFiles() throws {
        let bench = try LawBench.simulated(with: [("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n")])
        let catalog = try #require(try Self.compilation(try Self.files()).catalog)
        let report = try bench.apply(try bench.plan(catalog))
        #expect(report.count(.failed, .skipped) == 0, "\(report.outcomes.compactMap(\.reason?.text))")
        #expect(try !bench.plan(catalog).hasChanges)
        let folder = "/etc/ssh/lodestar-trust"
        #expect(
            try bench.text("/etc/ssh/sshd_config.d/60-lodestar-trust.conf") == """
                TrustedUserCAKeys \(folder)/ca.pub
                AuthorizedPrincipalsFile \(folder)/principals/%u
                RevokedKeys \(folder)/revoked.krl
                HostCertificate \(folder)/ssh_host_ed25519_key-cert.pub

                """)
        #expect(try bench.text("\(folder)/principals/root") == "restrict,pty trust:t\n")
        #expect(try bench.text("\(folder)/revoked.krl") == "")
        #expect(
            try bench.text("/etc/ssh/ssh_known_hosts")?.hasPrefix("@cert-authority law,192.0.2.1 ssh-ed25519 ") == true)
        #expect(
            try bench.text("/etc/ssh/ssh_config.d/60-lodestar-trust-t.conf")?.hasSuffix(
                """
                    IdentityFile %d/.ssh/id_t
                    IdentitiesOnly yes
                    RevokedHostKeys \(folder)/revoked.krl
                    CertificateFile \(folder)/t-cert.pub

                """) == true)
        // sshd reads a certificate with its configuration.
        let edges = catalog.edges.filter(\.isNotification).map { catalog.declarations[$0.from].address.key }
        #expect(edges == ["\(folder)/ssh_host_ed25519_key-cert.pub"])
        // The setting goes before what it names.
        let other = try LawBench.catalog("file: {/etc/z: {content: x}}\n")
        let plan = try bench.plan(other), keys = plan.resources.map(\.address.key)
        let setting = try #require(keys.firstIndex(of: "60-lodestar-trust"))
        for name in ["ca.pub", "revoked.krl", "ssh_host_ed25519_key-cert.pub"] {
            #expect(try #require(keys.firstIndex(of: "\(folder)/\(name)")) > setting)
        }
        _ = try bench.apply(plan)
        #expect(try !bench.has(folder) && bench.has("/etc/ssh/sshd_config"))
    }

    @Test(arguments: [
        ("", ["clear", "permit-pty"]), (", addresses: true", ["clear", "permit-pty", "source-address=192.0.2.1"]),
        (", options: 'restrict,agent-forwarding'", ["clear", "permit-agent-forwarding"]), (", options: no-pty", []),
    ])
    func aCertificatePermitsNoMoreThanTheOptions(_ more: String, _ options: [String]) throws {
        let compilation = try Self.compilation([:], more: more)
        let trust = try #require(compilation.composites.first?.resource as? SSHTrust),
            requests = trust.requests(of: "law")
        #expect(requests.map(\.isOfHost) == [false, true] && requests[0].options == options)
        #expect(requests[0].principals == ["trust:t"] && requests[1].principals == ["law", "192.0.2.1"])
        #expect(requests[1].path == "ssh/certificates/law/ssh_host_ed25519_key-cert.pub")
        #expect(trust.requests(of: "other").isEmpty)
    }
}
