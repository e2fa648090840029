import Compiler
import Model
import Resources
import TestSupport
import Testing

/// Two owners of one object: 1️⃣ stands at the one that is refused, 2️⃣ at the one that its note shows.
@Suite struct OwnershipTests {
    static func findings(_ manifest: String, _ files: [String: String] = [:]) -> [Diagnostic] {
        let files = files.merging(["site.yaml": "site: test\n", "manifests/a.yaml": manifest]) { $1 }
        let site = Site(MapSite(files), types: Registry.all, engine: EngineVersion("0.1.0"))
        let target = CompilationTarget(identity: HostIdentity(id: "a", name: "a"), facts: FactsSnapshot([:]))
        return site.compilation(for: target).diagnostics.sorted
    }

    static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"

    @Test(arguments: [
        (
            "file:\n  2️⃣/etc/a: {content: x}\nlink:\n  1️⃣/etc/a: {target: b}\n",
            "expected one owner of path /etc/a, found link:/etc/a beside file:/etc/a"
        ),
        (
            "line:\n  2️⃣one: {path: /etc/a, text: x}\n  1️⃣two: {path: /etc/a, text: x}\n",
            "expected one owner of line /etc/a x, found line:two beside line:one"
        ),
        (
            "file:\n  2️⃣/etc/a: {content: x}\nline:\n  1️⃣one: {path: /etc/a, text: x}\n",
            "expected one owner of content of /etc/a, found line:one beside file:/etc/a"
        ),
        (
            "line:\n  2️⃣one: {path: /etc/a, text: x}\nfile:\n  1️⃣/etc/a: {content: x}\n",
            "expected one owner of content of /etc/a, found file:/etc/a beside line:one"
        ),
        (
            "user:\n  2️⃣ana: {uid: 2000}\n  1️⃣bea: {uid: 2000}\n",
            "expected one owner of user number 2000, found user:bea beside user:ana"
        ),
        (
            "group:\n  2️⃣web: {members: {exactly: []}}\nuser:\n  1️⃣ana: {groups: {at_least: [web]}}\n",
            "expected one owner of members of web, found user:ana beside group:web"
        ),
        (
            "user:\n  2️⃣ana: {authorized_keys: {exactly: []}}\nauthorized_key:\n  1️⃣a: {user: ana, key: \(key)}\n",
            "expected one owner of keys of ana, found authorized_key:a beside user:ana"
        ),
        (
            "file:\n  2️⃣/etc/cron.d/a: {content: x}\ncrontab_entry:\n  1️⃣a: {file: /etc/cron.d/a, user: root, minute: 1, hour: 2, command: x}\n",
            "expected one owner of content of /etc/cron.d/a, found crontab_entry:a beside file:/etc/cron.d/a"
        ),
    ])
    func secondOwnersAreRefusedBesideTheFirst(_ manifest: String, _ message: String) throws {
        let marked = MarkedText(manifest), findings = Self.findings(marked.text)
        let finding = try #require(findings.first)
        #expect(finding.message == message)
        #expect(finding.place.map { "\($0)" } == marked.places[1].map { "manifests/a.yaml:\($0)" })
        #expect(finding.notes.first.map { "\($0.place)" } == marked.places[2].map { "manifests/a.yaml:\($0)" })
        #expect(findings.count == 1, "one pair, one finding")
    }

    @Test(arguments: [
        "line:\n  one: {path: /etc/a, text: x}\n  two: {path: /etc/a, text: y}\n",
        "directory: {/etc/d: {}}\nfile: {/etc/d/a: {content: x}}\n",
        "group: {web: {}}\nuser: {ana: {groups: {at_least: [web]}}, bea: {groups: {at_least: [web]}}}\n",
        "user: {ana: {uid: 2000}}\ngroup: {ana: {gid: 2000}}\n",
    ])
    func partsHaveOwnersOfTheirOwn(_ manifest: String) {
        #expect(Self.findings(manifest).map(\.text) == [])
    }
}
