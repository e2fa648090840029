import Compiler
import Engine
import Model
import Resources
import SimulatedHost
import State
import Testing

/// What is particular about scripts, and about composites as such, beside the laws.
@Suite struct ScriptTests {
    static func manifest(_ properties: String) -> String { "script:\n  job: {path: /srv/job, \(properties)}\n" }
    static let good = ##"content: "#!/bin/sh\necho a\n""##

    @Test(arguments: [
        (#"content: """#, "expected `#!` and an interpreter in the first line, or `interpreter`"),
        (#"content: "echo a\n""#, "expected `#!` and an interpreter in the first line, or `interpreter`"),
        (##"content: " #!/bin/sh\n""##, "expected `#!` and an interpreter in the first line, or `interpreter`"),
        (##"content: "\uFEFF#!/bin/sh\n""##, "expected `#!` and an interpreter in the first line, or `interpreter`"),
        (##"content: "#!/bin/sh\r\necho\r\n""##, "expected the line ends of Unix, found a carriage return"),
        (##"content: "#!\necho\n""##, "expected the absolute path of an interpreter after `#!`"),
        (##"content: "#!sh\necho\n""##, "expected the absolute path of an interpreter after `#!`"),
        (##"content: "#!/bin/../sh\necho\n""##, "expected the absolute path of an interpreter after `#!`"),
        (##"content: "#!/usr/bin/env\necho\n""##, "expected the absolute path of an interpreter after `#!`"),
        ("version: \"1\"", "expected one of content, source and template, found none"),
        (##"content: "#!/bin/sh\n", interpreter: /bin/bash"##, "expected that of the first line, `/bin/sh`, or none"),
        (##"content: "#!/bin/sh\n", interpreter: bash"##, "expected the absolute path of an interpreter"),
        (##"content: "#!/bin/sh\n", interpreter: "/bin/sh  -e""##, "expected the absolute path of an interpreter"),
        (##"content: "#!/bin/sh\n", version: "1\n2""##, "expected one line of 1 to 200 printable bytes"),
        (##"content: "#!/bin/sh\n", doc: """##, "expected one line of 1 to 200 printable bytes"),
        (##"content: "#!/bin/sh\n", timeout: 10ms"##, "expected 1s to 7d, found 10ms"),
        (##"content: "#!/bin/sh\n", timeout: 8d"##, "expected 1s to 7d, found 8d"),
        (##"content: "#!/bin/sh\n", run_as: "a b""##, "expected an account name or a number"),
    ])
    func whatCannotRunIsRefused(_ properties: String, _ message: String) {
        let error = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(Self.manifest(properties)) }
        #expect(error?.text.contains(message) == true, "\(error?.text ?? "")")
        #expect(error?.text.contains("manifests/law.yaml:2:") == true, "\(error?.text ?? "")")
    }

    @Test(arguments: ["a/b", "..", ".a", "-a", "a b", "ä", String(repeating: "a", count: 65)], ["present", "absent"])
    func aNameIsAFileName(_ name: String, _ state: String) {
        let error = #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog("script:\n  \"\(name)\": {\(Self.good), state: \(state)}\n")
        }
        #expect(error?.text.contains("expected a name of letters") == true)
    }

    /// A script without a first line gets one; its own stays byte for byte.
    @Test(arguments: [
        ("interpreter: /bin/bash, content: \"echo a\\n\"", "#!/bin/bash\necho a\n", "/bin/bash"),
        ("interpreter: /usr/bin/env python3, content: \"\"", "#!/usr/bin/env python3\n", "/usr/bin/env python3"),
        (##"content: "#! /bin/sh -e\necho a""##, "#! /bin/sh -e\necho a", "/bin/sh -e"),
        (##"content: "#!/bin/sh\n", interpreter: /bin/sh"##, "#!/bin/sh\n", "/bin/sh"),
    ])
    func theFirstLineNamesTheInterpreter(_ properties: String, _ text: String, _ interpreter: String) throws {
        let catalog = try LawBench.catalog(Self.manifest(properties))
        let file = try #require(catalog.declarations.first?.resource as? File)
        #expect(try file.content?.bytes == Array(text.utf8))
        #expect(file.interpreter?.text == interpreter)
    }

    @Test(arguments: [
        ("/bin/sh -e", "/bin/sh", ["/bin/sh", "-n", "f"]), ("/usr/bin/env bash", "bash", ["bash", "-n", "f"]),
        ("/usr/bin/env -S bash -e", "bash", ["bash", "-n", "f"]), ("/usr/bin/perl -wT", "/usr/bin/perl", nil),
        ("/opt/p/bin/python3.12", "/opt/p/bin/python3.12", nil), ("/usr/bin/awk -f", "/usr/bin/awk", []),
    ])
    func anInterpreterChecksItsLanguage(_ text: String, _ program: String, _ check: [String]?) throws {
        let interpreter = try #require(Interpreter(text))
        #expect(interpreter.program == program)
        if let check { #expect((interpreter.check(of: "f") ?? []) == check) } else { #expect(interpreter.hasCheck) }
        if text.contains("perl") { #expect(interpreter.check(of: "f") == ["/usr/bin/perl", "-wT", "-c", "f"]) }
    }

    /// What the composite says comes back from the ledger; the body does not stand in it.
    @Test func theLedgerKnowsTheScript() throws {
        let bench = try LawBench.simulated()
        try bench.converge(
            Self.manifest(Self.good + ", version: \"1.4\", doc: What it does., run_as: nobody, timeout: 1h"))
        let entry = try #require(try bench.store.ledger().first), composite = try #require(entry.partOf)
        #expect(entry.address.description == "file:/srv/job" && composite.address.description == "script:job")
        #expect(entry.custody == .created)
        let recorded = try #require(RecordedScript(composite, part: entry.address, fields: entry.fields))
        #expect(recorded.script.version == "1.4" && recorded.script.about == "What it does.")
        #expect(recorded.script.timeout == .seconds(3600) && recorded.path.text == "/srv/job")
        #expect(!composite.fields.text.contains("echo"))
        #expect(try recorded.state(on: bench.host) == .inPlace)
        try bench.put("#!/bin/sh\necho b\n", at: "/srv/job")
        #expect(try recorded.state(on: bench.host) == .differs)
        try bench.perform([.remove(Removal(try "/srv/job".asPath, kind: .file))])
        #expect(try recorded.state(on: bench.host) == .missing)
        try bench.link("/srv/job", to: "/etc/passwd")
        #expect(try recorded.state(on: bench.host) == .other)
    }

    /// What is only said about a script changes nothing on the host, and the ledger learns it all the same.
    @Test func whatIsOnlySaidChangesNoFile() throws {
        let bench = try LawBench.simulated()
        try bench.converge(Self.manifest(Self.good + ", version: \"1\""))
        let plan = try bench.plan(manifest: Self.manifest(Self.good + ", version: \"2\""))
        #expect(!plan.hasChanges)
        #expect(
            plan.remarks.map(\.line) == [
                "note: script:job: nothing but what is known of it changes: version  manifests/law.yaml:2:3"
            ])
        _ = try bench.apply(plan)
        #expect(try bench.plan(manifest: Self.manifest(Self.good + ", version: \"2\"")).remarks.isEmpty)
        let fields = try #require(try bench.store.ledger().first?.partOf?.fields)
        #expect(fields.entries.first { $0.key == "version" }?.value.text == "2")
    }

    @Test func planShowsThePartsBelowTheComposite() throws {
        let bench = try LawBench.simulated()
        let plan = try bench.plan(manifest: Self.manifest(Self.good) + "file:\n  /etc/z: {content: x}\n")
        let text = plan.fullText
        #expect(text.contains("\n  + script:job"), "\(text)")
        #expect(text.contains("manifests/law.yaml:2:3\n    + file:/srv/job\n"), "\(text)")
        #expect(text.contains("2 to add"))
        let report = try bench.apply(plan)
        let outcome = try #require(report.outcomes.first { $0.partOf != nil })
        #expect(ReportText(isColored: false).text(of: outcome)?.hasPrefix("  script:job\n    + file:/srv/job") == true)
        #expect(ReportText(isColored: false).text(of: outcome, after: outcome.partOf)?.hasPrefix("    + file") == true)
    }

    @Test func graphAndCatalogShowTheComposite() throws {
        let manifest = Self.manifest(Self.good + ", require: [\"file:/etc/z\"]") + "file:\n  /etc/z: {content: x}\n"
        let catalog = try LawBench.catalog(manifest)
        let text = GraphDrawing(catalog).drawing(.text)
        #expect(
            text.contains("script:job  manifests/law.yaml:2:3\n  file:/srv/job\n    └─ after file:/etc/z"), "\(text)")
        #expect(GraphDrawing(catalog).drawing(.dot).contains("subgraph cluster_1 { label=\"script:job\";"))
        #expect(GraphDrawing(catalog).drawing(.mermaid).contains("subgraph c1[\"script:job\"]"))
        #expect(catalog.datum.json.contains("\"part_of\": \"script:job\""))
    }

    /// Whatever names the composite means its parts, and they go before or after what it names.
    @Test func relationsReachTheParts() throws {
        let catalog = try LawBench.catalog(
            """
            file:
              /etc/after: {content: x, require: ["script:job"]}
              /etc/before: {content: x, before: ["script:job"]}
            command:
              told: {run: "true", refresh_only: true, subscribe: ["script:job"]}
              named: {run: "true", refresh_only: true}
            """ + "\n" + Self.manifest(Self.good + ", notify: [\"command:named\"]"))
        #expect(
            catalog.declarations.map(\.address.key) == ["/etc/before", "/srv/job", "/etc/after", "told", "named"]
                || catalog.declarations.map(\.address.key).firstIndex(of: "/srv/job") == 1)
        let bench = try LawBench.simulated()
        let report = try bench.apply(try bench.plan(catalog))
        #expect(report.count(.refreshed) == 2, "\(report.outcomes)")
    }

    @Test func aCompositeIsNotNotified() {
        let error = #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog(Self.manifest(Self.good) + "file: {/etc/z: {content: x, notify: [\"script:job\"]}}\n")
        }
        #expect(error?.text.contains("expected a type that can be refreshed, found script:job") == true)
    }

    /// The error stands at the composite and says what of it is meant twice.
    @Test func aPartIsNotDeclaredTwice() {
        let error = #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog(
                "file:\n  /srv/job: {mode: \"0700\"}\n" + Self.manifest(Self.good).replacing("job:", with: "job:"))
        }
        #expect(
            error?.text.contains(
                "law.yaml:4:3: error: expected one owner of path /srv/job, found file:/srv/job of script:job beside file:/srv/job"
            )
                == true, "\(error?.text ?? "")")
    }

    @Test func aSelectionTakesTheWholeComposite() throws {
        let bench = try LawBench.simulated()
        let catalog = try LawBench.catalog(Self.manifest(Self.good) + "file: {/etc/z: {content: x}}\n")
        for words in [["script:job"], ["script"], ["file:/srv/job"]] {
            let plan = try Planner(
                catalog, on: Simulation(over: bench.host, today: 0), state: bench.store, types: Registry.all,
                selection: Selection(only: words)
            ).plan()
            #expect(plan.resources.map(\.address.key) == ["/srv/job"])
        }
        #expect(Selection(only: ["script:other"]).unmatched(in: catalog) == ["script:other"])
    }

    /// Created, it goes with its declaration; adopted, it stays; switched off, it is left alone.
    @Test func unDeclaringFollowsEachPart() throws {
        let marker = "file: {/etc/z: {content: x}}\n"
        var bench = try LawBench.simulated()
        try bench.converge(Self.manifest(Self.good))
        #expect(try bench.plan(manifest: marker + Self.manifest(Self.good + ", when: \"false\"")).removalCount == 0)
        let removal = try bench.plan(manifest: marker)
        #expect(removal.fullText.contains("- script:job\n    - file:/srv/job"), "\(removal.fullText)")
        _ = try bench.apply(removal)
        #expect(try !bench.has("/srv/job"))
        bench = try LawBench.simulated()
        try bench.put("#!/bin/sh\necho old\n", at: "/srv/job")
        try bench.converge(Self.manifest(Self.good))
        let release = try bench.plan(manifest: marker)
        #expect(release.count(.release) == 1 && release.removalCount == 0, "\(release.fullText)")
        #expect(try bench.has("/srv/job"))
    }

    @Test func absentTakesItAway() throws {
        let bench = try LawBench.simulated()
        try bench.converge(Self.manifest(Self.good))
        try bench.converge("script:\n  job: {path: /srv/job, state: absent}\n")
        #expect(try !bench.has("/srv/job"))
    }

    /// Another name for the same file is no change of it; another path moves it.
    @Test func renamingKeepsTheFile() throws {
        let bench = try LawBench.simulated()
        try bench.converge(Self.manifest(Self.good))
        let renamed = Self.manifest(Self.good).replacing("job: {", with: "other: {")
        let plan = try bench.plan(manifest: renamed)
        #expect(!plan.hasChanges && plan.removalCount == 0)
        try bench.converge(renamed)
        #expect(try bench.store.ledger().first?.partOf?.address.key == "other")
        try bench.converge(renamed.replacing("/srv/job", with: "/srv/moved"))
        #expect(try !bench.has("/srv/job") && bench.has("/srv/moved"))
    }

    @Test func loopsMakeOneOfEach() throws {
        let catalog = try LawBench.catalog(
            """
            script:
              "${{ each.key }}": {for_each: "${{ {'a': 1, 'b': 2} }}", path: "/srv/${{ each.key }}", content: "#!/bin/sh\\n"}
            """ + "\n")
        #expect(catalog.declarations.map { $0.partOf?.address.description } == ["script:a", "script:b"])
    }

    @Test func aMissingInterpreterIsANote() throws {
        let bench = try LawBench.simulated()
        let missing = "interpreter: /opt/bin/bash, content: \"echo a\\n\""
        #expect(
            try bench.plan(manifest: Self.manifest(missing)).remarks.map(\.text).first?.contains(
                "/opt/bin/bash is not there") == true)
        try bench.put("", at: "/opt/bin/bash")
        #expect(try bench.plan(manifest: Self.manifest(missing)).remarks.isEmpty)
    }

    /// A version that could not take its place is not what was applied: the one before is still known, and runs.
    @Test func aFailedChangeLeavesWhatWasThere() throws {
        var bench = try LawBench.simulated()
        try bench.converge(Self.manifest(Self.good + ", version: \"1\""))
        let host = bench.host, before = try bench.store.ledger()
        let next = Self.manifest(Self.good.replacing("echo a", with: "echo b") + ", version: \"2\"")
        let plan = try bench.plan(manifest: next)
        bench.host = FaultyHost(host, failing: 1)
        #expect(try bench.apply(plan).count(.failed) == 1)
        bench.host = host
        #expect(try bench.store.ledger() == before)
        let entry = try #require(before.first), composite = try #require(entry.partOf)
        let recorded = try #require(RecordedScript(composite, part: entry.address, fields: entry.fields))
        #expect(try recorded.state(on: host) == .inPlace)
        #expect(try bench.plan(manifest: next).resources.first?.cause == .manifestChange)
        try bench.converge(next)
        #expect(try bench.store.ledger() != before)
    }
}
