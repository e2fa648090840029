import Engine
import Model
import Resources
import TestSupport
import Testing

/// What is particular about checks, beside the laws: how they are declared, read and written.
@Suite struct CheckTests {
    static func manifest(_ properties: String) -> String { "check:\n  job: {directory: /srv, \(properties)}\n" }

    @Test(arguments: [
        ("every: 5m", "expected exactly one of run, argv and script, found none"),
        ("run: a, argv: [/bin/b]", "expected exactly one of run, argv and script, found several"),
        ("run: a, script: b", "expected exactly one of run, argv and script, found several"),
        ("run: \"\"", "`run`: expected a command, found nothing"),
        ("argv: [b]", "`argv`: expected an absolute path of a program first"),
        ("argv: []", "`argv`: expected an absolute path of a program first"),
        ("script: a/b", "expected a name of letters"),
        ("script: missing", "`script`: expected a declared resource, found script:missing"),
        ("run: a, timeout: 0s", "`timeout`: expected 1s to 1h, found 0s"),
        ("run: a, timeout: 61m", "`timeout`: expected 1s to 1h, found 1h1m"),
        ("run: a, every: 10ms", "`every`: expected whole seconds from 1s to 366d, found 10ms"),
        ("run: a, format: nagios", "`format`: expected exit or value or prometheus"),
        ("run: a, user: \"a b\"", "`user`: expected an account name or a number"),
        ("run: a, directory: srv", "`directory`: expected a canonical absolute path"),
    ])
    func whatCannotRunIsRefused(_ properties: String, _ message: String) {
        let manifest = properties.contains("directory") ? "check:\n  job: {\(properties)}\n" : Self.manifest(properties)
        let error = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(manifest) }
        #expect(error?.text.contains(message) == true, "\(error?.text ?? "")")
    }

    @Test(arguments: [
        ("a/b", "exit"), ("../a", "exit"), ("a b", "exit"), ("\\\"", "exit"), ("a}", "exit"),
        (String(repeating: "a", count: 59), "exit"), ("node", "prometheus"), ("node-disk", "prometheus"),
        ("lodestar", "prometheus"), ("go", "prometheus"), ("1a", "prometheus"), ("process.x", "prometheus"),
    ])
    func aNameIsSafeEverywhere(_ name: String, _ format: String) {
        #expect(throws: LawBench.Problem.self) {
            try LawBench.catalog("check:\n  \"\(name)\": {run: a, format: \(format)}\n")
        }
    }

    @Test func aCheckIsAScheduleAndItsMetrics() throws {
        let bench = try LawBench.simulated()
        let catalog = try LawBench.catalog(Self.manifest("run: df, every: 5m, timeout: 10s, user: root, format: value"))
        #expect(
            catalog.declarations.map(\.address.description) == [
                "file:/srv/lodestar-check-job.prom", "schedule:check-job",
            ])
        _ = try bench.apply(try bench.plan(catalog))
        let metrics = try #require(try bench.text("/srv/lodestar-check-job.prom"))
        #expect(metrics.contains("lodestar_check_status{check=\"job\"} 3\n"))
        #expect(metrics.contains("lodestar_check_last_run_timestamp_seconds{check=\"job\"} 0\n"))
        let definition = try #require(try bench.text("/etc/lodestar/schedules.d/check-job.json"))
        #expect(
            definition.contains("lodestar check-run job") && definition.contains("\"every\": \"5m\""), "\(definition)")
        // What a run writes is no drift; what it leaves open is.
        try bench.put("lodestar_check_status{check=\"job\"} 0\n", at: "/srv/lodestar-check-job.prom")
        #expect(try !bench.plan(catalog).hasChanges)
        try bench.perform([.remove(Removal(try "/srv/lodestar-check-job.prom".asPath, kind: .file))])
        #expect(try bench.plan(catalog).count(.create) == 1)
        let removal = try bench.plan(manifest: "file: {/etc/z: {content: x}}\n")
        #expect(removal.removalCount == 1)
        _ = try bench.apply(removal)
        #expect(try !bench.has("/etc/lodestar/schedules.d/check-job.json"))
    }

    @Test func itComesAfterWhatItNames() throws {
        let catalog = try LawBench.catalog(
            """
            check:
              job: {script: tool, user: ana}
            package:
              prometheus-node-exporter: {}
            user:
              ana: {}
            script:
              tool: {content: "#!/bin/sh\\n"}
            """ + "\n")
        let names = catalog.declarations.map(\.address.description)
        #expect(
            Set(names.suffix(2)) == [
                "file:/var/lib/prometheus/node-exporter/lodestar-check-job.prom", "schedule:check-job",
            ])
        let entry = Composite(
            Address(type: "check", key: "job"), fields: try #require(catalog.declarations.last?.partOf?.fields))
        let check = try #require(Check(recorded: entry))
        #expect(check.script?.text == "tool" && check.format == .exit && check.every == .seconds(60))
        #expect(Check(recorded: Composite(Address(type: "script", key: "job"), fields: entry.fields)) == nil)
    }

    // MARK: Reading

    static func reading(
        _ format: CheckFormat, _ output: String, exit: Int = 0, isWhole: Bool = true
    ) -> CheckReading {
        CheckReading(
            format, name: "job", .exit(exit), output: isWhole ? Array(output.utf8) : nil, beginning: Array(output.utf8))
    }

    /// The plugins' guidelines with their examples, and what plugins really print.
    @Test(arguments: [
        ("DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968", ["/ MB 2643.0"]),
        (
            "DISK OK - free space: / 3326 MB (56%); | /=2643MB;5948;5958;0;5968\n/ 15272 MB (77%);\n/boot 68 MB (69%);\n/home 69357 MB (27%);\n/var/log 819 MB (84%); | /boot=68MB;88;93;0;98\n/home=69357MB;253404;253409;0;253414 \n/var/log=818MB;970;975;0;980",
            ["/ MB 2643.0", "/boot MB 68.0", "/home MB 69357.0", "/var/log MB 818.0"]
        ),
        ("OK | 'a b'=1s;;;0 'it''s'=2 c=3%", ["a b s 1.0", "it's 2.0", "c % 3.0"]),
        ("OK | a=U b=5", ["b 5.0"]), ("OK | a=1 a=2", ["a 1.0"]), ("OK", []), ("", []), ("OK |", []),
        ("OK | =1 b=", []), ("OK | a", []), ("OK | 'a=1", []), ("OK | a=1e", ["a e 1.0"]),
        ("OK | a=-1.5e3x", ["a x -1500.0"]),
        ("OK | a=0x10 b=nan c=inf d=1e999", []), ("OK | a=1,5", []),
        ("OK | load1=0.1;;;0; load5=0.2;;;0;", ["load1 0.1", "load5 0.2"]),
        ("OK | 'a\"} 1\nlodestar_check_status{check=\"b'=1", []), ("OK | a\\=1", ["a\\ 1.0"]),
        ("OK | ä=1B", ["ä B 1.0"]),
        ("OK | a=1{}", []), ("OK | a\u{7}=1 b=2", ["b 2.0"]),
    ])
    func performanceData(_ output: String, _ expected: [String]) {
        let measures = Self.reading(.exit, output).measures.map { measure in
            [measure.label, measure.unit, "\(measure.value)"].compactMap(\.self).joined(separator: " ")
        }
        #expect(measures == expected)
    }

    @Test(arguments: [
        (0, CheckReading.Status.ok), (1, .warning), (2, .critical), (3, .unknown), (4, .unknown), (127, .unknown),
        (255, .unknown),
    ])
    func anExitStatusIsAState(_ exit: Int, _ status: CheckReading.Status) {
        #expect(Self.reading(.exit, "x | a=1", exit: exit).status == status)
        #expect(Self.reading(.value, "1", exit: exit).status == (exit == 0 ? .ok : .unknown))
        #expect(Self.reading(.value, "1", exit: exit).measures.isEmpty == (exit != 0))
        #expect(Self.reading(.prometheus, "job_a 1", exit: exit).status == (exit == 0 ? .ok : .unknown))
        #expect(Self.reading(.prometheus, "job_a 1", exit: exit).exposition.names.isEmpty == (exit != 0))
    }

    @Test(arguments: [CheckReading.Ending.signal(9), .timeLimit, .interrupt], CheckFormat.allCases)
    func whatDidNotEndIsUnknown(_ ending: CheckReading.Ending, _ format: CheckFormat) {
        let reading = CheckReading(format, name: "job", ending, output: Array("job_a 1 | a=1".utf8), beginning: [])
        #expect(reading.status == .unknown && reading.measures.isEmpty && reading.exposition.names.isEmpty)
    }

    @Test(arguments: [
        ("42", 42), ("42\n", 42), (" -1.5e3 \n", -1500), ("+7", 7), ("0\r\n", 0), (".5", 0.5), ("1e3", 1000),
        ("", nil), ("a", nil), ("1 2", nil), ("1\n2", nil), ("nan", nil), ("inf", nil), ("1e999", nil), ("0x10", nil),
        ("1,5", nil), ("1_000", nil), ("1\u{0}", nil), ("٣", nil), ("1} 2", nil),
        (String(repeating: "1", count: 500), nil),
    ])
    func oneNumber(_ output: String, _ value: Double?) {
        let reading = Self.reading(.value, output)
        #expect(reading.measures.first?.value == value)
        #expect(reading.status == (value == nil ? .unknown : .ok))
    }

    @Test(arguments: CheckFormat.allCases) func tooMuchIsRefused(_ format: CheckFormat) {
        let reading = Self.reading(format, "1 | a=1", isWhole: false)
        #expect(reading.status == (format == .exit ? .ok : .unknown))
        #expect(reading.measures.isEmpty && reading.exposition.names.isEmpty)
    }

    @Test(arguments: CheckFormat.allCases) func otherBytesThanUTF8AreRefused(_ format: CheckFormat) {
        let bytes = Array("job_a 1 | a=1".utf8) + [0xFF, 0x0A]
        let reading = CheckReading(format, name: "job", .exit(0), output: bytes, beginning: bytes)
        #expect(reading.measures.isEmpty && reading.exposition.names.isEmpty)
        #expect(reading.status == (format == .exit ? .ok : .unknown))
    }

    // MARK: Metrics of its own

    @Test(arguments: [
        ("job_a 1", "# HELP job_a Told by a check.\n# TYPE job_a untyped\njob_a{check=\"job\"} 1\n"),
        (
            "# HELP job_a A \\\\ b.\n# TYPE job_a gauge\njob_a{x=\"1\",y=\"a\\\"b\\\\c\\nd\",} 1.5e3\n",
            "# HELP job_a A \\\\ b.\n# TYPE job_a gauge\njob_a{check=\"job\",x=\"1\",y=\"a\\\"b\\\\c\\nd\"} 1.5e3\n"
        ),
        (
            "# any comment\n\n\tjob_a { } +Inf \n",
            "# HELP job_a Told by a check.\n# TYPE job_a untyped\njob_a{check=\"job\"} +Inf\n"
        ),
        (
            "# TYPE job_h histogram\njob_h_bucket{le=\"1\"} 1\njob_h_bucket{le=\"+Inf\"} 2\njob_h_sum 3\njob_h_count 2\n",
            "# HELP job_h Told by a check.\n# TYPE job_h histogram\njob_h_bucket{check=\"job\",le=\"1\"} 1\njob_h_bucket{check=\"job\",le=\"+Inf\"} 2\njob_h_sum{check=\"job\"} 3\njob_h_count{check=\"job\"} 2\n"
        ),
        ("", ""), ("# TYPE job_a gauge", ""),
    ])
    func metricsAreWrittenAnew(_ output: String, _ text: String) throws {
        #expect(try Exposition(parsing: Array(output.utf8), of: "job").text == text)
    }

    @Test(arguments: [
        "lodestar_check_status{check=\"other\"} 0", "node_load1 0", "a 1", "job 1", "jobs_a 1", "job_a", "job_a x",
        "job_a 1 1700000000",
        "job_a{b=1} 1", "job_a{b=\"1} 1", "job_a{b=\"\\x\"} 1", "job_a{__name__=\"x\"} 1", "job_a{check=\"x\"} 1",
        "job_a{b=\"1\",b=\"2\"} 1",
        "job_a{b=\"1\"", "job_a{1=\"1\"} 1", "job_a 1\njob_a 2", "job_a{b=\"1\",c=\"2\"} 1\njob_a{c=\"2\",b=\"1\"} 1",
        "job_a 1\r", "job_a 1\u{0}",
        "job_a 0x10", "job_a 1_0", "job_a nan", "# TYPE job_a gauge\n# TYPE job_a gauge\njob_a 1",
        "job_a 1\n# TYPE job_a gauge",
        "# TYPE job_a info\njob_a 1", "# HELP job_a x\n# HELP job_a y\njob_a 1", "# TYPE node_load1 gauge",
        "# HELP up x",
        "job_a 1\njob_a{b=\"\"} 2", "# TYPE job_s summary\njob_s_sum{quantile=\"0.5\"} 1",
        "# TYPE job_h histogram\njob_h_count{le=\"1\"} 1", "# TYPE job_s summary\njob_s_count{le=\"1\"} 1",
        "# TYPE job_h histogram\njob_h_bucket{le=\"1\",quantile=\"1\"} 1", "# TYPE job_h histogram\njob_h 1",
        "# TYPE job_h histogram\njob_h_bucket 1", "# TYPE job_s summary\njob_s 1",
        "job_a{b=\"\u{1}\"} 1",
        "job_ä 1", "job_a\u{A0}1", "# HELP job_a \\x", "job_a{b=\"" + String(repeating: "x", count: 2000) + "\"} 1",
        (0...2000).map { "job_a{b=\"\($0)\"} 1\n" }.joined(),
    ])
    func whatWouldSpoilTheCollectorIsRefused(_ output: String) {
        #expect(throws: Exposition.Fault.self) { try Exposition(parsing: Array(output.utf8), of: "job") }
        #expect(Self.reading(.prometheus, output).status == .unknown)
    }

    /// Whatever a check says, its file has the lines of its own and no other.
    @Test func nothingIsInjected() {
        let evil = "\"} 0\nlodestar_check_status{check=\"other\"} 0\n# TYPE x\r\u{0}\\"
        for format in CheckFormat.allCases {
            for output in [evil, "OK | \(evil)=1", "OK | '\(evil)'=1", "1\(evil)", "job_a{b=\"\(evil)\"} 1"] {
                let text = CheckMetrics("job", Self.reading(format, output), duration: 5, time: 7).text
                let samples = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
                #expect(
                    samples.allSatisfy { $0.hasPrefix("lodestar_check_") && $0.contains("{check=\"job\"") }, "\(text)")
                #expect(samples.count { $0.contains("_status{") } == 1, "\(text)")
            }
        }
    }

    /// Random output of words that mean something to one of the readers: every line of the file keeps the format.
    @Test(arguments: CheckFormat.allCases) func noOutputBreaksTheFile(_ format: CheckFormat) {
        let words = [
            "job_a", "job_b", "node_x", " ", "\n", "|", "=", "1", "-2.5e3", "{", "}", "\"", "\\", ",", "le=\"1\"", "'",
            ";", "# TYPE ",
            "# HELP ", "gauge", "histogram", "_bucket", "\r", "\u{0}", "ä", "\u{301}", "%", "NaN", "#", "check=\"x\"",
        ]
        let sample = /[a-z_]+\{check="job"(,[a-z]+="([^"\\\n]|\\[\\"n])*")*\} [-+0-9.eEInfNa]+/
        let comment = /# (HELP|TYPE) [A-Za-z0-9_:]+ .*/
        var generator = SeededGenerator(seed: 12), told = 0
        for _ in 0..<3000 {
            let start = ["", "OK | a=1 b", "job_a 1\n", "job_a{x=\"1\"} 2\n# TYPE job_b ", "1"].randomElement(
                using: &generator)
            let output = (0..<Int.random(in: 0...10, using: &generator)).reduce(start ?? "") { text, _ in
                text + (words.randomElement(using: &generator) ?? "")
            }
            let reading = Self.reading(format, output)
            told += reading.measures.count + reading.exposition.sampleCount
            let text = CheckMetrics("job", reading, duration: 1, time: 2).text
            for line in text.unicodeScalars.split(separator: "\n").map({ String($0) }) {
                let isFine = line.hasPrefix("#") ? line.wholeMatch(of: comment) : nil
                let isSample = line.wholeMatch(of: sample) != nil
                #expect(isFine != nil || isSample, "\(output.debugDescription): \(line)")
            }
        }
        #expect(told > 10, "\(told) values")
    }

    @Test func theFileSaysAllOfIt() {
        let reading = Self.reading(.exit, "WARN | a=1.5s;1;2", exit: 1)
        #expect(
            CheckMetrics("job", reading, duration: 1500, time: 1_700_000_000).text == """
                # HELP lodestar_check_status 0: ok, 1: warning, 2: critical, 3: unknown.
                # TYPE lodestar_check_status gauge
                lodestar_check_status{check="job"} 1
                # HELP lodestar_check_value What the check measured.
                # TYPE lodestar_check_value gauge
                lodestar_check_value{check="job",measure="a",unit="s"} 1.5
                # HELP lodestar_check_duration_seconds How long the last run took.
                # TYPE lodestar_check_duration_seconds gauge
                lodestar_check_duration_seconds{check="job"} 1.5
                # HELP lodestar_check_last_run_timestamp_seconds When the last run ended; 0 before the first one.
                # TYPE lodestar_check_last_run_timestamp_seconds gauge
                lodestar_check_last_run_timestamp_seconds{check="job"} 1700000000

                """)
        #expect(reading.message == "WARN")
    }
}
