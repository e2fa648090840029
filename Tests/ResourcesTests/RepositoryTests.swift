import Engine
import Foundation
import SystemFiles
import LinuxHost
import Model
import Resources
import Testing

/// Sources of packages on a real root, judged by apt.
@Suite(.serialized, .enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
struct RepositoryTests {
    private func bench() throws -> (bench: LawBench, root: String) {
        let bench = try LawBench.real(preparedBy: "signed-repository.sh")
        return (bench, try #require(bench.root))
    }

    private func site(_ name: String, key: String, _ more: String = "", in root: String) throws -> String {
        let key = try String(contentsOfFile: "\(root)/keys/\(key).asc", encoding: .utf8)
        let lines = key.split(separator: "\n", omittingEmptySubsequences: false).map { "        \($0)\n" }.joined()
        return """
            repository:
              \(name):
                uris: file:/signed
                suites: stable
                components: main
                \(more.isEmpty ? "enabled: true" : more)
                key: |
            \(lines)
            """
    }

    private func apply(_ manifest: String, _ bench: LawBench) throws -> Report {
        try bench.apply(try bench.plan(try LawBench.catalog(manifest)))
    }

    private func hasChanges(_ manifest: String, _ bench: LawBench) throws -> Bool {
        try bench.plan(try LawBench.catalog(manifest)).hasChanges
    }

    private func apt(_ root: String, _ words: String...) -> (status: Int32, output: String) {
        LawBench.run(["chroot", root] + words)
    }

    private func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// The same host in another run, which sees what others wrote.
    private func later(_ bench: LawBench, _ root: String) throws -> LawBench {
        LawBench(host: try Linux(root: root), store: bench.store, root: root)
    }

    private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    @Test func aptReadsItAndItGoesWhole() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let site = try site("tools", key: "good", in: root)
        let lists = try names("\(root)/var/lib/apt/lists")
        let report = try apply(site, bench)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(apt(root, "apt-cache", "policy", "tiny-signed").output.contains("Candidate: 1.0"))
        #expect(
            apt(root, "apt-get", "indextargets", "--format", "$(SITE) $(URI)").output.contains("/signed/dists/stable"))
        // The lists of the other source stay, and no trial is left behind.
        #expect(Set(try names("\(root)/var/lib/apt/lists")).isSuperset(of: lists))
        #expect(try names("\(root)/etc/apt/sources.list.d") == ["tools.sources"])
        let whole = apt(root, "apt-get", "update")
        #expect(whole.status == 0 && !whole.output.contains("W:"), "\(whole.output)")
        #expect(!(try hasChanges(site, bench)))
        #expect(try apply("file:\n  /etc/marker: {content: x}\n", bench).count(.failed) == 0)
        #expect(
            !isThere("\(root)/etc/apt/sources.list.d/tools.sources") && !isThere("\(root)/etc/apt/keyrings/tools.asc"))
    }

    /// Ansible's modules and Puppet's apt leave a broken source behind, which breaks every later run of apt.
    @Test func aSourceThatCannotBeReadIsNeverInItsPlace() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let bad = try site("tools", key: "other", in: root)
        for site in [bad, "repository:\n  tools: {uris: \"file:/nowhere\", suites: ./, trusted: true}\n", bad] {
            #expect(try bench.plan(try LawBench.catalog(site)).count(.create) == 1)
            let report = try apply(site, bench)
            #expect(report.count(.failed) == 1)
            let reason = report.outcomes.first { $0.result == .failed }?.reason?.text ?? ""
            #expect(reason.contains("cannot read the lists of tools.sources"), "\(reason)")
            #expect(!reason.contains(".lodestar-"), "\(reason)")
            #expect(try names("\(root)/etc/apt/sources.list.d") == [] && names("\(root)/etc/apt/keyrings") == [])
        }
        // A key that no longer fits leaves the old one in its place, and is tried again.
        let good = try site("tools", key: "good", in: root)
        #expect(try apply(good, bench).count(.failed) == 0)
        for _ in 0..<2 {
            let plan = try bench.plan(try LawBench.catalog(bad))
            #expect(plan.resources.first?.changes.map(\.property) == ["key"])
            #expect(try bench.apply(plan).count(.failed) == 1)
        }
        #expect(!(try hasChanges(good, bench)))
        #expect(apt(root, "apt-get", "update").status == 0)
    }

    @Test func aPackageComesFromANewRepository() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        #expect(try apply("package:\n  tiny-lib: {version: \"1.0\"}\n", bench).count(.failed) == 0)
        let site =
            try site("tools", key: "good", in: root) + "\npackage:\n  tiny-signed: {}\n  tiny-lib: {state: latest}\n"
        let catalog = try LawBench.catalog(site)
        let plan = try bench.plan(catalog)
        #expect(plan.count(.refuse, .skip) == 0 && plan.count(.create) == 1 && plan.count(.unknown) == 2)
        let report = try bench.apply(plan)
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(apt(root, "dpkg-query", "-W", "-f", "${Version}", "tiny-signed").output == "1.0")
        #expect(apt(root, "dpkg-query", "-W", "-f", "${Version}", "tiny-lib").output == "3.0")
        #expect(!(try bench.plan(catalog)).hasChanges)
    }

    /// Signed lists are read from a file that apt makes: where its cache was old, a plan knew no package at all.
    @Test func anOldCacheOfAptIsNoMatter() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        try write("deb [signed-by=/keys/good.asc] file:/signed stable main\n", "\(root)/etc/apt/sources.list.d/a.list")
        #expect(apt(root, "apt-get", "-qq", "update").status == 0)
        LawBench.run(["sh", "-c", "rm -f \(root)/var/cache/apt/*.bin"])
        let plan = try bench.plan(try LawBench.catalog("package:\n  tiny-signed: {version: \"1.0\"}\n"))
        #expect(plan.count(.create) == 1, "\(PlanText(plan, isColored: false).text(.full))")
        // What apt cannot read at all is no package that is missing.
        try write("deb [signed-by=/keys/other.asc] file:/signed stable main\n", "\(root)/etc/apt/sources.list.d/b.list")
        let other = try later(bench, root).plan(try LawBench.catalog("package:\n  tiny-signed: {}\n"))
        #expect(other.count(.unknown) == 1)
        #expect(other.resources.first?.reason?.text.contains("Conflicting values set for option Signed-By") == true)
    }

    /// The same archive with another signature makes apt read nothing at all (ansible-collection-tailscale 116).
    @Test(
        arguments: [
            ("sources.list.d/a.list", "deb file:/signed stable main\n", false),
            ("sources.list.d/a.list", "deb [signed-by=/keys/other.asc] file:/signed/ stable main\n", false),
            ("sources.list.d/a.list", "# deb file:/signed stable main\n", nil),
            ("sources.list.d/a.list.off", "deb file:/signed stable main\n", nil),
            (
                "sources.list.d/a.list", "deb [ arch=amd64,i386 signed-by=/keys/good.asc ] file:/signed stable main\n",
                false
            ),
            (
                "sources.list.d/a.sources",
                "Types: deb\nURIs: file:/signed\nSuites: stable\nComponents: main\nEnabled: no\n", nil
            ),
            ("sources.list.d/a.list", "deb [signed-by=/keys/good.asc] file:/signed stable main contrib # x\n", true),
            ("sources.list.d/a.list", "deb [signed-by=/keys/good.gpg] file:/signed/ stable main\n", true),
            (
                "sources.list.d/a.sources",
                "# x\nTypes: deb deb-src\nURIs:\n file:/signed\nSuites: stable\nComponents: main\nsigned-by: /keys/good.gpg\n",
                true
            ),
        ] as [(String, String, Bool?)])
    func whatAnotherFileGivesCounts(file: String, text: String, isGiven: Bool?) throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        try write(text, "\(root)/etc/apt/\(file)")
        let site = try site("tools", key: "good", in: root)
        let plan = try bench.plan(try LawBench.catalog(site))
        switch isGiven {
        case true?:
            #expect(!plan.hasChanges, "\(PlanText(plan, isColored: false).text(.full))")
            // What was there stays when the declaration goes.
            #expect(try bench.apply(plan).count(.failed) == 0)
            #expect(try apply("file:\n  /etc/marker: {content: x}\n", bench).count(.failed) == 0)
            #expect(isThere("\(root)/etc/apt/\(file)"))
        case false?:
            #expect(plan.count(.refuse) == 1)
            #expect(plan.resources.first?.reason?.text.contains("/etc/apt/\(file) gives the same archive") == true)
        case nil: #expect(plan.count(.create) == 1)
        }
        if isGiven == nil { #expect(try apply(site, bench).count(.failed) == 0) }
        #expect(apt(root, "apt-cache", "policy").status == 0)
    }

    @Test func driftIsMendedAndOneThatChangesIsReadAgain() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let good = try site("tools", key: "good", in: root), file = "\(root)/etc/apt/sources.list.d/tools.sources"
        #expect(try apply(good, bench).count(.failed) == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        for (drift, property) in [
            ("\(text)By-Hash: force\n", "other_fields"), ("\(text)Enabled: no\n", "enabled"),
            (text.replacing("main", with: "x"), "components"),
            ("", "types"), (text.replacing("Signed-By", with: "X"), "signed_by"),
        ] {
            try write(drift, file)
            let bench = try later(bench, root)
            let plan = try bench.plan(try LawBench.catalog(good))
            #expect(plan.resources.first?.changes.contains { $0.property == property } == true, "\(drift)")
            #expect(try bench.apply(plan).count(.failed) == 0)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
        }
        // Another order, case and form of the same is no difference.
        try write("# x\n" + text.replacing("Components: main", with: "components:\n  main"), file)
        let later = try later(bench, root)
        #expect(!(try hasChanges(good, later)))
        // A record: what is no longer declared is reset.
        let other =
            "repository:\n  tools: {uris: \"file:/signed/\", suites: stable, components: [main], signed_by: /keys/good.gpg}\n"
        #expect(try apply(other, later).count(.failed) == 0)
        #expect(!isThere("\(root)/etc/apt/keyrings/tools.asc"))
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("Signed-By: /keys/good.gpg"))
        #expect(apt(root, "apt-cache", "policy", "tiny-signed").output.contains("Candidate: 1.0"))
        let off = other.replacing("suites", with: "enabled: false, suites")
        #expect(try apply(off, later).count(.failed) == 0)
        #expect(!(try hasChanges(off, later)))
        #expect(apt(root, "apt-cache", "policy", "tiny-signed").output.contains("Candidate: 1.0") == false)
    }

    @Test func whatIsTrustedNeedsNoSignatureThatCounts() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        for uri in ["file:/signed", "file:/signed/nowhere"] {
            let site = "repository:\n  tools: {uris: \"\(uri)\", suites: stable, components: main, trusted: true}\n"
            #expect(try apply(site, bench).count(.failed) == (uri == "file:/signed" ? 0 : 1))
            #expect(try hasChanges(site, bench) == (uri != "file:/signed"))
        }
        #expect(apt(root, "apt-cache", "policy", "tiny-signed").output.contains("Candidate: 1.0"))
    }

    @Test func aFileWithSeveralSourcesIsNotOverwritten() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let text = """
            Types: deb
            URIs: file:/signed
            Suites: stable
            Components: main
            Signed-By: /keys/good.asc

            Types: deb
            URIs: file:/repository
            Suites: ./
            Trusted: yes

            """
        try write(text, "\(root)/etc/apt/sources.list.d/tools.sources")
        #expect(!(try hasChanges(try site("tools", key: "good", in: root), bench)))
        let plan = try bench.plan(
            try LawBench.catalog("repository:\n  tools: {uris: \"file:/x\", suites: ./, trusted: true}\n"))
        #expect(plan.count(.refuse) == 1)
        #expect(plan.resources.first?.reason?.text.contains("has 2 sources") == true)
        let absent = try bench.plan(try LawBench.catalog("repository:\n  tools: {state: absent}\n"))
        #expect(absent.count(.refuse) == 1)
    }

    /// Vendors publish keys in both forms, and apt takes packets in a file `.asc` for a damaged armor.
    @Test func aKeyWithoutArmorGetsOne() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let place = Place(file: SourceFile("test"), line: 1, column: 1)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(root)/keys/good.gpg")))
        let fields: [(String, Node.Content)] = [
            ("uris", .string("file:/signed")), ("suites", .string("stable")), ("components", .string("main")),
            ("key", .bytes(bytes)),
        ]
        var faults = Diagnostics()
        let repository = Repository.decoded(
            key: Node(.string("tools"), at: place),
            fields: fields.map { Node.Entry(key: $0.0, keyPlace: place, value: Node($0.1, at: place)) }, into: &faults)
        #expect(faults.list.isEmpty && repository.problems.isEmpty)
        for result in bench.host.perform(try repository.steps(from: try repository.observe(on: bench.host))) {
            _ = try result.get()
        }
        #expect(repository.changes(from: try repository.observe(on: bench.host)).isEmpty)
        let gpg = LawBench.run(["gpg", "--batch", "--show-keys", "\(root)/etc/apt/keyrings/tools.asc"])
        #expect(gpg.status == 0 && gpg.output.contains("good@example.org"), "\(gpg.output)")
        #expect(apt(root, "apt-get", "update").status == 0)
        #expect(apt(root, "apt-cache", "policy", "tiny-signed").output.contains("Candidate: 1.0"))
    }

    @Test func aKeyringThatIsMissingIsSpokenOf() throws {
        let (bench, _) = try bench()
        defer { bench.remove() }
        let site =
            "repository:\n  tools: {uris: \"file:/signed\", suites: stable, components: main, signed_by: /keys/none.gpg}\n"
        let plan = try bench.plan(try LawBench.catalog(site))
        #expect(plan.count(.refuse) == 1 && plan.resources.first?.reason?.text == "there is no /keys/none.gpg")
        let there = site.replacing("none", with: "good")
        #expect(try apply(there, bench).count(.failed) == 0 && !(try hasChanges(there, bench)))
    }
}

/// What `import` finds of sources and packages is in place when it is declared.
extension RepositoryTests {
    private func found<Kind: Importable>(
        _ type: Kind.Type, _ root: String
    ) throws -> (resources: [Kind], omissions: [String], differing: [String]) {
        var findings = Findings<Kind>()
        let host = try Linux(root: root)
        try Kind.addImports(from: host, to: &findings)
        let differing = try findings.list.map(\.resource).filter { resource in
            guard let observed = try resource.observe(on: host) else { return true }
            return !resource.changes(from: observed).isEmpty
        }
        return (findings.list.map(\.resource), findings.omissions, differing.map(\.key))
    }

    @Test func sourcesAreImportedWithTheirKeys() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let key = try String(contentsOfFile: "\(root)/keys/good.asc", encoding: .utf8)
        let inline = key.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? " ." : " \($0)" }
            .joined(separator: "\n")
        try write(
            """
            deb [signed-by=/keys/good.gpg arch=amd64] file:/signed stable main
            deb-src [signed-by=/keys/good.gpg arch=amd64] file:/signed stable main
            deb [signed-by=/keys/good.gpg arch=amd64] file:/signed stable-updates main
            # deb file:/signed off main
            deb file:/legacy stable main

            """, "\(root)/etc/apt/sources.list.d/a.b.list")
        LawBench.run(["cp", "\(root)/keys/good.gpg", "\(root)/etc/apt/keyrings/vendor.gpg"])
        try write(
            """
            # the vendor's
            Types: deb
            URIs: https://example.org/x
            Suites: stable
            Components: main
            Signed-By: /etc/apt/keyrings/vendor.gpg

            Types: deb
            URIs: https://example.org/y
            Suites: ./
            Signed-By:
            \(inline)
            """, "\(root)/etc/apt/sources.list.d/vendor.sources")
        let found = try found(Repository.self, root)
        #expect(found.resources.map(\.name) == ["sources", "a", "a-2", "vendor", "vendor-2"])
        #expect(found.differing == [])
        #expect(found.omissions.count == 1 && found.omissions[0].contains("file:/legacy stable: it does not say whose"))
        #expect(
            found.resources[1].types.words == ["deb", "deb-src"]
                && found.resources[1].signedBy?.text == "/keys/good.gpg")
        // A binary keyring of an administrator becomes the armor that gpg writes.
        for resource in found.resources[3...] {
            #expect(resource.key.map { OpenPGPKey($0.bytes) } == OpenPGPKey(Array(key.utf8)), "\(resource.name)")
            #expect(OpenPGPKey.problem(of: resource.key?.bytes ?? []) == nil)
        }
        #expect(found.resources[0].trusted == true)
        try write(String(decoding: found.resources[3].key?.bytes ?? [], as: UTF8.self), "\(root)/keys/again.asc")
        let gpg = LawBench.run(["gpg", "--batch", "--no-default-keyring", "--show-keys", "\(root)/keys/again.asc"])
        #expect(gpg.status == 0 && gpg.output.contains("good@example.org"), "\(gpg.output)")
    }

    @Test func chosenPackagesAreImported() throws {
        let (bench, root) = try bench()
        defer { bench.remove() }
        let before = try found(Package.self, root).resources.map(\.key)
        #expect(!before.contains("base-files") && !before.contains("dpkg"))
        #expect(try apply("package:\n  tiny-user: {}\n  tiny-mta: {hold: true}\n", bench).count(.failed) == 0)
        let after = try found(Package.self, root)
        let names = after.resources.map(\.key).filter { !before.contains($0) }
        // tinyd came because tiny-user needs it.
        #expect(names == ["tiny-mta", "tiny-user"])
        #expect(apt(root, "apt-mark", "showauto").output.contains("tinyd"))
        #expect(after.differing == [] && after.resources.first { $0.key == "tiny-mta" }?.hold == true)
        #expect(
            Set(apt(root, "apt-mark", "showmanual").output.split(separator: "\n").map(String.init)).isSuperset(
                of: names))
    }
}

/// The texts of sources, in memory.
@Suite struct RepositoryTextTests {
    @Test(arguments: [
        ".x: {uris: \"file:/x\", suites: ./, trusted: true}", "\"a b\": {uris: \"file:/x\", suites: ./, trusted: true}",
        "a/b: {uris: \"file:/x\", suites: ./, trusted: true}", "x: {suites: ./, trusted: true}",
        "x: {uris: \"file:/x\", trusted: true}",
        "x: {uris: \"file:/x\", suites: ./}", "x: {uris: \"file:/x\", suites: ./, trusted: false}",
        "x: {uris: /x, suites: ./, trusted: true}",
        "x: {uris: \"gopher://x\", suites: ./, trusted: true}",
        "x: {uris: \"https://u:p@x/y\", suites: ./, trusted: true}",
        "x: {uris: \"file:/x\", suites: stable, trusted: true}",
        "x: {uris: \"file:/x\", suites: ./, components: main, trusted: true}",
        "x: {uris: \"file:/x\\nTrusted: yes\", suites: ./, trusted: true}",
        "x: {uris: [\"file:/x y\"], suites: ./, trusted: true}",
        "x: {uris: [], suites: ./, trusted: true}", "x: {uris: [\"\"], suites: ./, trusted: true}",
        "x: {uris: \"file:/x\", suites: \"./ ./\", trusted: true}",
        "x: {types: rpm, uris: \"file:/x\", suites: ./, trusted: true}",
        "x: {uris: \"file:/x\", suites: ./, trusted: true, signed_by: /k.gpg}",
        "x: {uris: \"file:/x\", suites: ./, signed_by: k.gpg}", "x: {uris: \"file:/x\", suites: ./, key: hello}",
        "x: {uris: \"file:/x\", suites: ./, key: \"-----BEGIN PGP PRIVATE KEY BLOCK-----\"}",
        "x: {uris: \"file:/x\", suites: ./, trusted: true, enabled: soon}",
        "x: {uris: \"file:/x\", suites: ./, trusted: true, uri: x}",
        "x: {uris: \"file:/x\", suites: \"#\", components: main, trusted: true}",
        "x: {uris: \"file:/x\", suites: ./, trusted: true, architectures: \"\"}",
        "\"\": {uris: \"file:/x\", suites: ./, trusted: true}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("repository:\n  \(text)\n") }
    }

    private static let keys: [(text: String, isKey: Bool)] = [
        ("B\n\nD\nE\n", true), ("B\n\nD\nE", true), ("B\nComment: x\n\nD\nE\n", true),
        ("before\nB\n\nD\nE\nafter\n", true),
        ("B\n\nD\nE\nB\n\nD\nE\n", false), ("\nD\nE\n", false), ("B\n\nD\n", false), ("B\nD\nE\n", false),
        ("B\n\r\nD\nE\n", false), ("B\n\n!!!!\nE\n", false), ("B\n\naGVsbG8=\nE\n", false),
        ("B\n\nD\n=AAAA\nE\n", false),
        ("E\n\nD\nB\n", false), ("", false),
    ]

    @Test func aKeyIsOneWholeBlock() {
        for (text, isKey) in Self.keys {
            let words = [
                "B": "-----BEGIN PGP PUBLIC KEY BLOCK-----", "E": "-----END PGP PUBLIC KEY BLOCK-----",
                "D": "mDMEaSd3lhYJKwYBBAHaRw8BAQdA",
            ]
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let block = lines.map { words[$0] ?? $0 }.joined(separator: "\n")
            let found = OpenPGPKey.problem(of: Array(block.utf8)) == nil
            #expect(found == isKey, "\(text)")
        }
    }

    @Test func linesAndStanzasAreReadAlike() throws {
        let line = "deb [arch=amd64 trusted=yes check-valid-until=no] http://x/y stable main contrib\n"
        let stanza = """
            Types: deb
            URIs: http://x/y
            suites: stable
            # Components: x
            Components: main
              contrib
            Architectures: amd64
            Trusted: yes
            Check-Valid-Until: no


            Types: deb
            """
        let lines = SourceLines(parsing: Array("# deb http://x y z\n\nrpm http://x y z\ndeb http://x\n\(line)".utf8))
            .sources
        let stanzas = SourceStanzas(parsing: Array(stanza.utf8)).sources
        #expect(lines.count == 1 && stanzas.count == 2 && lines[0] == stanzas[0])
        #expect(lines[0].parts.count == 2 && stanzas[1].parts.isEmpty)
    }
}
