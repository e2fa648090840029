import Engine
import SystemFiles
import Model
import Resources
import Testing

/// Lines of /etc/hosts; their judge is getent(1) (`TypeJudgeTests`).
@Suite struct HostEntryTests {
    private static let other = "file:\n  /etc/lodestar-marker: {content: x}\n"
    private static let hosts = "/etc/hosts"

    @Test(arguments: [
        "a: {}", "a: {ip: 192.0.2}", "a: {ip: 192.0.2.256}", "a: {ip: 192.0.2.07}", "a: {ip: []}",
        "a: {ip: {v4: 192.0.2.7}}",
        "a: {ip: [192.0.2.7, 192.0.2.8]}", "a: {ip: ['2001:db8::1', '2001:db8::2']}", "a: {ip: '::ffff:192.0.2.7'}",
        "a: {ip: 'fe80::1%eth0'}", "a: {ip: 192.0.2.7/32}", "192.0.2.1: {ip: 192.0.2.7}", "a b: {ip: 192.0.2.7}",
        "a.: {ip: 192.0.2.7}", ".a: {ip: 192.0.2.7}", "a..b: {ip: 192.0.2.7}", "-a: {ip: 192.0.2.7}",
        "a-: {ip: 192.0.2.7}", "ä: {ip: 192.0.2.7}", "'a#': {ip: 192.0.2.7}", "\"a\\n\": {ip: 192.0.2.7}",
        "\(String(repeating: "a", count: 64)): {ip: 192.0.2.7}", "a: {ip: 192.0.2.7, aliases: b}",
        "a: {ip: 192.0.2.7, aliases: [b, B]}", "a: {ip: 192.0.2.7, aliases: [A]}",
        "a: {ip: 192.0.2.7, aliases: ['b c']}",
        "a: {ip: 192.0.2.7, alias: [b]}", "a: {ip: 192.0.2.7, aliases: [192.0.2.8]}",
        // One name has one address of a family, of all entries together.
        "{a: {ip: 192.0.2.7, aliases: [x]}, b: {ip: 192.0.2.8, aliases: [x]}}",
        "{a: {ip: 192.0.2.7}, b: {ip: 192.0.2.8, aliases: [A]}}", "{a: {ip: 192.0.2.7}, A: {ip: 192.0.2.7}}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("host_entry:\n  \(text)\n") }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String, before: String, entry: String, after: String

        init(_ claim: String, _ before: String, _ entry: String, _ after: String) {
            (testDescription, self.before, self.entry, self.after) = (claim, before, entry, after)
        }
    }

    static let rows = [
        Row(
            "a line comes to the end", "127.0.0.1 localhost\n", "a: {ip: 192.0.2.7, aliases: [b]}",
            "127.0.0.1 localhost\n192.0.2.7 a b\n"),
        Row("one of each family", "", "a: {ip: ['2001:DB8:0::1', 192.0.2.7]}", "192.0.2.7 a\n2001:db8::1 a\n"),
        Row(
            "also in two entries (Salt 29313)", "",
            "{a: {ip: 192.0.2.7, aliases: [x]}, b: {ip: '2001:db8::1', aliases: [x]}}",
            "192.0.2.7 a x\n2001:db8::1 b x\n"),
        Row(
            "blanks and case are no difference", "192.0.2.7\tA  B\t# c\n", "a: {ip: 192.0.2.7, aliases: [b]}",
            "192.0.2.7\tA  B\t# c\n"),
        Row("a spelling of an address is none", "2001:DB8::0:1 a\n", "a: {ip: '2001:db8::1'}", "2001:DB8::0:1 a\n"),
        Row(
            "the order of aliases is one", "192.0.2.7 a b c\n", "a: {ip: 192.0.2.7, aliases: [c, b]}",
            "192.0.2.7 a c b\n"),
        Row(
            "a comment on the line stays", "192.0.2.7\ta x # mine\nz\n", "a: {ip: 192.0.2.8}",
            "192.0.2.8\ta # mine\nz\n"),
        Row("an alias that is not declared goes", "192.0.2.7 a b\n", "a: {ip: 192.0.2.7}", "192.0.2.7 a\n"),
        Row("an address too", "192.0.2.7 a\n2001:db8::1 a\n", "a: {ip: 192.0.2.7}", "192.0.2.7 a\n"),
        Row(
            "what another line gives to the same address stays", "192.0.2.7 other a\n192.0.2.7 a more\n",
            "a: {ip: 192.0.2.7, aliases: [more]}", "192.0.2.7 other a\n192.0.2.7 a more\n"),
        Row("the host itself is not its name on the network", "::1 a\n", "a: {ip: 192.0.2.7}", "::1 a\n192.0.2.7 a\n"),
        Row(
            "unless it is declared so (Salt 29313)", "127.0.0.1 localhost x\n::1 localhost\n",
            "localhost: {ip: [127.0.0.1, '::1']}", "127.0.0.1 localhost\n::1 localhost\n"),
        Row(
            "of localhost one family is left alone", "127.0.0.1 localhost\n::1 localhost ip6\n",
            "localhost: {ip: 127.0.0.1}", "127.0.0.1 localhost\n::1 localhost ip6\n"),
        Row(
            "what is no address is kept", "x a\n#192.0.2.9 a\n", "a: {ip: 192.0.2.7}",
            "x a\n#192.0.2.9 a\n192.0.2.7 a\n"),
        Row(
            "carriage returns stay in hosts", "127.0.0.1 localhost\r\n192.0.2.9 a\r\n", "a: {ip: 192.0.2.7}",
            "127.0.0.1 localhost\r\n192.0.2.7 a\r\n"),
        Row("and a missing newline", "127.0.0.1 localhost", "a: {ip: 192.0.2.7}", "127.0.0.1 localhost\n192.0.2.7 a"),
        Row(
            "absent takes every line of the name", "192.0.2.7 a\n192.0.2.8 a b\n192.0.2.9 b a\n127.0.1.1 a\n",
            "a: {state: absent}", "192.0.2.9 b a\n127.0.1.1 a\n"),
    ]

    @Test(arguments: rows) func anEntryIsAWholeRecord(_ row: Row) throws {
        let bench = try LawBench.simulated(with: [(Self.hosts, row.before)])
        try bench.converge("host_entry:\n  \(row.entry)\n")
        #expect(try bench.text(Self.hosts) == row.after)
    }

    @Test(arguments: [
        ("127.0.1.1 a.example a\n", "a: {ip: 192.0.2.7}", "line 1 of the file gives a another address"),
        ("127.0.1.1 a\n192.0.2.7 a\n", "a: {ip: 192.0.2.7}", "line 1 of the file gives a"),
        ("192.0.2.7 a\n192.0.2.8 a\n", "a: {ip: 192.0.2.7}", "line 2 of the file gives a"),
        ("192.0.2.9 other b\n", "a: {ip: 192.0.2.7, aliases: [b]}", "line 1 of the file gives b"),
        ("192.0.2.7 a\n192.0.2.9 other A\n", "a: {ip: 192.0.2.7}", "line 2 of the file gives a"),
        ("2001:db8::2 b\n", "a: {ip: ['2001:db8::1', 192.0.2.7], aliases: [b]}", "line 1 of the file gives b"),
        // Ansible 4926: no other name is lost.
        ("192.0.2.1 foo bar baz\n", "bar: {ip: 192.0.2.7, aliases: [baz]}", "line 1 of the file gives bar"),
    ])
    func aNameOnAnotherAddressIsRefusedEachTime(before: String, entry: String, reason: String) throws {
        let bench = try LawBench.simulated(with: [(Self.hosts, before)])
        for _ in 0..<2 {
            let text = try bench.refusal("host_entry:\n  \(entry)\n", leaving: Self.hosts)
            #expect(text.contains(reason), "\(text)")
        }
    }

    @Test func anEntryComesDriftsIsRenamedAndGoes() throws {
        let bench = try LawBench.simulated()
        let strange = Array("127.0.0.1 localhost\n# caf".utf8) + [0xE9, 0x0A, 0xFF, 0x00, 0x0A]
        try bench.put(Self.hosts, Content(strange))
        let entry = "host_entry:\n  a.example: {ip: 192.0.2.7, aliases: [a]}\n"
        #expect(try bench.converge(entry).fullText.contains("192.0.2.7"))
        #expect(try bench.bytes(Self.hosts) == strange + Array("192.0.2.7 a.example a\n".utf8))
        try bench.put(Self.hosts, Content(strange + Array("192.0.2.8 a.example a\n".utf8)))
        let plan = try bench.converge(entry).fullText
        #expect(plan.contains("192.0.2.8") && plan.contains("192.0.2.7"), "\(plan)")
        // Meanwhile both lines give the alias to one address.
        try bench.converge("host_entry:\n  b.example: {ip: 192.0.2.7, aliases: [a]}\n")
        #expect(try bench.bytes(Self.hosts) == strange + Array("192.0.2.7 b.example a\n".utf8))
        try bench.converge(Self.other)
        #expect(try bench.bytes(Self.hosts) == strange)
    }

    @Test func whatIsImportedIsInPlace() throws {
        let bench = try LawBench.simulated(with: [
            (
                Self.hosts,
                "127.0.0.1 localhost\n127.0.1.1 law\n::1 ip6-localhost\nff02::1 ip6-allnodes\nfe00::0 ip6-localnet\n"
                    + "192.0.2.7 A b # c\n2001:db8::1 a b\n192.0.2.8 c\nx y\n"
            )
        ])
        var findings = Findings<HostEntry>()
        try HostEntry.addImports(from: bench.host, to: &findings)
        #expect(findings.list.map(\.resource.name.text) == ["a", "c"] && findings.omissions.isEmpty)
        for finding in findings.list {
            #expect(finding.resource.changes(from: try finding.resource.observe(on: bench.host)) == [])
        }
    }

    @Test func whatWasThereIsReleasedAndALinkIsLeftAlone() throws {
        let bench = try LawBench.simulated(with: [(Self.hosts, "192.0.2.7 a\n")])
        try bench.converge("host_entry:\n  A: {ip: 192.0.2.7}\n")
        try bench.converge(Self.other)
        #expect(try bench.text(Self.hosts) == "192.0.2.7 a\n")
        try bench.perform([.remove(Removal(try Self.hosts.asPath, kind: .file))])
        try bench.converge("host_entry:\n  a: {ip: 192.0.2.7}\n")
        #expect(try bench.text(Self.hosts) == "192.0.2.7 a\n")
        try bench.perform([
            .remove(Removal(try Self.hosts.asPath, kind: .file)),
            .makeLink(LinkCreation(try Self.hosts.asPath, target: "/run/hosts", replaced: .nothing)),
        ])
        #expect(try bench.refusal("host_entry:\n  a: {ip: 192.0.2.7}\n", leaving: Self.hosts).contains("is a link"))
    }
}
