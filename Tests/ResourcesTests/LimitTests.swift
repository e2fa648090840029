import Engine
import SystemFiles
import Model
import Testing

/// Lines of limits.conf(5); their judge is a login through pam_limits (`TypeJudgeTests`).
@Suite struct LimitTests {
    private static let other = "file:\n  /etc/lodestar-marker: {content: x}\n"
    private static let file = "/etc/security/limits.d/lodestar.conf"

    @Test(arguments: [
        "{}", "{domain: ana, item: nofile}", "{domain: ana, value: 5}", "{item: nofile, value: 5}",
        "{domain: ana, item: files, value: 5}", "{domain: ana, item: NOFILE, value: 5}",
        "{domain: ana, item: nofile, value: unlimited}", "{domain: ana, item: nofile, value: -1}",
        "{domain: ana, item: core, value: -1}", "{domain: ana, item: core, value: infinity}",
        "{domain: ana, item: core, value: 5.5}", "{domain: ana, item: core, value: 5k}",
        "{domain: ana, item: core, value: ''}",
        "{domain: ana, item: nice, value: 20}", "{domain: ana, item: nice, value: unlimited}",
        "{domain: ana, item: priority, value: -21}", "{domain: ana, item: rtprio, value: 100}",
        "{domain: ana, item: nonewprivs, value: 2}", "{domain: ana, item: core, type: '-', value: 0}",
        "{domain: ana, item: core, type: Soft, value: 0}", "{domain: '', item: core, value: 0}",
        "{domain: a b, item: core, value: 0}", "{domain: '#a', item: core, value: 0}",
        "{domain: '@', item: core, value: 0}",
        "{domain: '@@a', item: core, value: 0}", "{domain: '%a', item: core, value: 0}",
        "{domain: '%', item: nproc, value: 0}",
        "{domain: 1000, item: core, value: 0}", "{domain: ':', item: core, value: 0}",
        "{domain: '5:4', item: core, value: 0}",
        "{domain: '1:2:3', item: core, value: 0}", "{domain: '01:', item: core, value: 0}",
        "{domain: \"a\\nb\", item: core, value: 0}",
        "{domain: [a], item: core, value: 0}", "{domain: a, item: core, value: 0, hard: 5}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("limit:\n  x: \(text)\n") }
    }

    @Test func twoLimitsOfOneThingAreAnError() {
        for type in ["soft", "hard", "both"] {
            #expect(throws: LawBench.Problem.self) {
                try LawBench.catalog(
                    "limit: {x: {domain: a, item: core, value: 0}, y: {domain: a, item: core, type: \(type), value: 1}}\n"
                )
            }
        }
        #expect(throws: Never.self) {
            try LawBench.catalog(
                """
                limit:
                  x: {domain: a, item: core, type: soft, value: 0}
                  y: {domain: a, item: core, type: hard, value: 1}
                  z: {domain: "@a", item: core, value: 1}

                """)
        }
    }

    @Test(arguments: [
        "{domain: ana, item: core, value: unlimited}", "{domain: '*', type: hard, item: nproc, value: 100}",
        "{domain: '@ops', item: nice, value: -5}", "{domain: '%ops', item: maxlogins, value: 3}",
        "{domain: '%', item: maxsyslogins, value: 3}", "{domain: '1000:', item: as, value: 5000000}",
        "{domain: '@:99', item: rtprio, value: 99}", "{domain: '1000:1000', item: nofile, value: 64}",
    ])
    func aLimitIsALine(text: String) throws {
        let bench = try LawBench.simulated(with: [(Self.file, "# mine\n")])
        try bench.converge("limit:\n  x: \(text)\n")
        #expect(try bench.text(Self.file)?.split(separator: "\n").count == 2)
        try bench.converge(Self.other)
        #expect(try bench.text(Self.file) == "# mine\n")
    }

    @Test func aLimitComesDriftsAndGoesWithItsFile() throws {
        let bench = try LawBench.simulated(with: [("/etc/security/limits.conf", "# none\n")])
        let limit = "limit:\n  x: {domain: ana, item: nofile, value: 500}\n"
        try bench.converge(limit)
        #expect(try bench.text(Self.file) == "ana - nofile 500\n")
        try bench.put(Self.file, Content("ana\t-  NOFILE 400 # x\nana - nofile 300\nbea soft core 0\n"))
        let plan = try bench.converge(limit).fullText
        #expect(plan.contains("300") && plan.contains("500"), "\(plan)")
        #expect(try bench.text(Self.file) == "ana - nofile 500\nbea soft core 0\n")
        // Another name changes nothing, another type is another line.
        try bench.converge("limit:\n  y: {domain: ana, item: nofile, value: 500}\n")
        try bench.converge("limit:\n  y: {domain: ana, item: nofile, type: soft, value: 500}\n")
        #expect(try bench.text(Self.file) == "bea soft core 0\nana soft nofile 500\n")
        try bench.put(Self.file, Content("ana soft nofile 500\n"))
        try bench.converge(Self.other)
        #expect(try !bench.has(Self.file))
    }

    @Test(arguments: [
        // What is in force is enough, wherever it stands.
        (["/etc/security/limits.conf": "ana - nofile 500\n"], "{domain: ana, item: nofile, value: 500}", true),
        (
            ["/etc/security/limits.d/a.conf": "ana soft nofile 500\nana hard nofile 500\n"],
            "{domain: ana, item: nofile, value: 500}", true
        ),
        (
            ["/etc/security/limits.d/z.conf": "ana - core -1\n"],
            "{domain: ana, item: core, type: hard, value: unlimited}", true
        ),
        (
            ["/etc/security/limits.d/z.conf": "ana hard core 0500 # x\n"],
            "{domain: ana, item: core, type: hard, value: 500}", true
        ),
        (["/etc/security/limits.d/z.conf": "ana soft nofile 500\n"], "{domain: ana, item: nofile, value: 500}", false),
        (
            [
                "/etc/security/limits.conf": "ana - nofile 500\n",
                "/etc/security/limits.d/a.conf": "ana hard nofile 400\n",
            ], "{domain: ana, item: nofile, value: 500}", false
        ),
        (["/etc/security/limits.conf": "* - nofile 500\n"], "{domain: ana, item: nofile, value: 500}", false),
        (["/etc/security/limits.d/a.txt": "ana - nofile 500\n"], "{domain: ana, item: nofile, value: 500}", false),
        (
            ["/etc/security/limits.d/a.conf": "#ana - nofile 500\nana - nofile\n"],
            "{domain: ana, item: nofile, value: 500}", false
        ),
    ])
    func anotherFileMaySayIt(files: [String: String], text: String, isInPlace: Bool) throws {
        let bench = try LawBench.simulated(with: files.map { ($0.key, $0.value) })
        try bench.converge("limit:\n  x: \(text)\n")
        #expect(try bench.has(Self.file) != isInPlace)
        try bench.converge(Self.other)
        #expect(try !bench.has(Self.file))
        for (path, text) in files { #expect(try bench.text(path) == text) }
    }

    @Test(arguments: [
        ("/etc/security/limits.d/z.conf", "ana hard nofile 5\n", true),
        ("/etc/security/limits.d/a.conf", "ana - nofile 5\n", false),
        ("/etc/security/limits.conf", "ana - nofile 5\n", false),
        ("/etc/security/limits.d/z.conf", "* - nofile 5\n", false),
        ("/etc/security/limits.d/z.conf", "ana - nofile 500\n", false),
    ])
    func aFileThatHasTheLastWordIsARemark(path: String, text: String, isTold: Bool) throws {
        let bench = try LawBench.simulated(with: [(path, text), (Self.file, "ana - nofile 500\n")])
        let plan = try bench.plan(try LawBench.catalog("limit:\n  x: {domain: ana, item: nofile, value: 500}\n"))
        #expect(!plan.hasChanges)
        #expect(plan.remarks.map(\.text) == (isTold ? ["\(path) makes it 5 all the same"] : []))
    }

    @Test func moreFilesThanTheKernelAllowsAreRefused() throws {
        let bench = try LawBench.simulated(with: [("/proc/sys/fs/nr_open", "1048576\n")])
        let limit = "limit:\n  x: {domain: ana, item: nofile, value: 1048577}\n"
        for _ in 0..<2 { #expect(try bench.refusal(limit, leaving: Self.file).contains("fs.nr_open")) }
        let raised = "sysctl:\n  fs.nr_open: {value: 2097152}\n" + limit
        #expect(try bench.plan(try LawBench.catalog(raised)).count(.refuse) == 0)
    }
}
