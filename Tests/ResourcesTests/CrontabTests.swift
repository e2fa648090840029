import Engine
import SystemFiles
import Model
import Resources
import Testing

/// Variables that cron itself reads, and tables as people leave them.
@Suite struct CrontabTests {
    private func applied(_ manifest: String, table: String?, at path: String = "/etc/cron.d/job") throws -> String {
        let bench = try LawBench.simulated()
        if let table {
            for result in bench.host.perform([
                .writeFile(FileWrite(try path.asPath, content: Content(table), replaced: .anything))
            ]) { _ = try result.get() }
        }
        let catalog = try LawBench.catalog(manifest)
        let report = try bench.apply(try bench.plan(catalog))
        #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
        #expect(!(try bench.plan(catalog)).hasChanges, "a second time")
        return String(decoding: try bench.host.contents(of: path.asPath, limit: 10_000), as: UTF8.self)
    }

    private func manifest(_ environment: String, file: String = "/etc/cron.d/job") -> String {
        "crontab_entry: {job: {minute: 5, command: /bin/true, file: \(file), environment: {\(environment)}}}\n"
    }

    @Test(arguments: [
        ("MAILTO: root", "MAILTO=root\n", ""), ("MAILTO: \"\"", "MAILTO=\"\"\n", ""), ("LANG: C", "", "env LANG=C "),
        ("MAILTO: \"a b \"", "MAILTO=\"a b \"\n", ""), ("MAILTO: \"'x'\"", "MAILTO=\"'x'\"\n", ""),
        ("SHELL: /bin/bash, LANG: C, CRON_TZ: UTC", "SHELL=/bin/bash\nCRON_TZ=UTC\n", "env LANG=C "),
    ])
    func cronsOwnVariablesAreLinesOfAnOwnFile(environment: String, lines: String, prefix: String) throws {
        let wanted = "# lodestar: job\n\(lines)5 * * * * root \(prefix)/bin/true\n"
        #expect(try applied(manifest(environment), table: nil) == wanted)
        #expect(try applied(manifest(environment), table: wanted) == wanted)
        #expect(try applied(manifest(environment), table: "# a comment\n\n") == "# a comment\n\n\(wanted)")
        // What stood there for the entry before is replaced.
        let old = "# lodestar: job\nMAILTO=old\nSHELL=/bin/csh\n7 * * * * root /bin/false\n"
        #expect(try applied(manifest(environment), table: old) == wanted)
        #expect(try applied(manifest(""), table: wanted) == "# lodestar: job\n5 * * * * root /bin/true\n")
    }

    @Test func inATableOfOthersTheyAreRefused() throws {
        for name in ["MAILTO", "SHELL", "CRON_TZ", "CONTENT_TYPE"] {
            let problem = #expect(throws: LawBench.Problem.self) {
                try LawBench.catalog(
                    "crontab_entry: {job: {minute: 5, command: /bin/true, environment: {\(name): x}}}\n")
            }
            #expect(problem?.text.contains("cron reads \(name) from a line of the table") == true)
        }
        let two =
            "crontab_entry:\n"
            + ["job", "other"].map {
                "  \($0): {minute: 5, command: /bin/true, file: /etc/cron.d/job, environment: {\($0 == "job" ? "MAILTO: a" : "")}}\n"
            }.joined()
        let problem = #expect(throws: LawBench.Problem.self) { try LawBench.catalog(two) }
        #expect(
            problem?.text.contains("expected one owner of content of /etc/cron.d/job") == true, "\(problem?.text ?? "")"
        )
        let bench = try LawBench.simulated()
        let foreign = FileWrite(
            try "/etc/cron.d/job".asPath, content: Content("1 1 * * * root /bin/other\n"), replaced: .anything)
        for result in bench.host.perform([.writeFile(foreign)]) { _ = try result.get() }
        let plan = try bench.plan(try LawBench.catalog(manifest("MAILTO: a")))
        #expect(plan.count(.refuse) == 1)
        #expect(
            plan.resources.first?.reason?.text == "other lines are in /etc/cron.d/job, for which MAILTO would hold too")
    }

    @Test(arguments: [
        (
            "# lodestar: job\r\n5 * * * * root /bin/true\r\n1 * * * * root x\r\n",
            "# lodestar: job\n5 * * * * root /bin/true\n1 * * * * root x\r\n"
        ),
        (
            "# lodestar: job\n9 * * * * root /bin/a\nX=1\n# lodestar: job\n8 * * * * root /bin/b\n",
            "# lodestar: job\n5 * * * * root /bin/true\nX=1\n"
        ),
        ("1 * * * * root x", "1 * * * * root x\n# lodestar: job\n5 * * * * root /bin/true\n"),
        ("5 * * * * root /bin/true\n", "# lodestar: job\n5 * * * * root /bin/true\n"),
        ("# lodestar: job", "# lodestar: job\n# lodestar: job\n5 * * * * root /bin/true\n"),
    ])
    func anEntryIsFoundInATableOfAnyForm(before: String, after: String) throws {
        #expect(Array(try applied(manifest(""), table: before).utf8) == Array(after.utf8))
    }
}
