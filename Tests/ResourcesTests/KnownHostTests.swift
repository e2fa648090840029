import Engine
import SystemFiles
import Model
import Testing

/// Keys of hosts; their judge is ssh-keygen(1) (`TypeJudgeTests`).
@Suite struct KnownHostTests {
    private static let other = "file:\n  /etc/lodestar-marker: {content: x}\n"
    private static let file = "/etc/ssh/ssh_known_hosts"
    private static let one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"
    private static let two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8XqVv0w0x9h1C6tJd8T2b0k3o5kq0o0pJ0b6w1nX5a"
    /// `a` with the salt of twenty bytes 7, by Python's hmac.
    private static let hashed = "|1|BwcHBwcHBwcHBwcHBwcHBwcHBwc=|pCCDUdcfR9xUeFWkTBzl80NXqNU="

    private func text(_ text: String) -> String {
        text.replacing("K1", with: Self.one).replacing("K2", with: Self.two)
            .replacing("HASHED", with: Self.hashed)
    }

    @Test(arguments: [
        "a: {}", "a: {keys: [K1]}", "a: {keys: {exactly: []}}", "a: {keys: {exactly: [x]}}",
        "a: {keys: {exactly: [no-pty K1]}}",
        "a: {keys: {only: [K1]}}",
        "a: {keys: {exactly: [ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6]}}",
        "a b: {keys: {exactly: [K1]}}", "'a,b': {keys: {exactly: [K1]}}", "'*.a': {keys: {exactly: [K1]}}",
        "'!a': {keys: {exactly: [K1]}}",
        "'|1|a|b': {keys: {exactly: [K1]}}", "'@a': {keys: {exactly: [K1]}}", "'[a]': {keys: {exactly: [K1]}}",
        "'[a]:0': {keys: {exactly: [K1]}}", "'[a]:65536': {keys: {exactly: [K1]}}",
        "'[a]:022': {keys: {exactly: [K1]}}",
        "'[]:23': {keys: {exactly: [K1]}}", "'a:23': {keys: {exactly: [K1]}}", "'': {keys: {exactly: [K1]}}",
        "a: {keys: {exactly: [K1]}, aliases: b}", "a: {keys: {exactly: [K1]}, aliases: [b, B]}",
        "a: {keys: {exactly: [K1]}, aliases: ['[A]:22']}",
        "a: {keys: {exactly: [K1]}, aliases: ['*']}", "a: {keys: {exactly: [K1]}, user: 'a b'}",
        "a: {keys: {exactly: [K1]}, hashed: some}",
        "a: {keys: {exactly: [K1]}, hashed: true, cert_authority: true}",
        "a: {keys: {exactly: [K1]}, cert_authority: K1}",
        "{a: {keys: {exactly: [K1]}}, '[A]:22': {keys: {exactly: [K2]}}}", "a: {key: {exactly: [K1]}}",
    ])
    func badTextsAreRefused(text: String) {
        #expect(throws: LawBench.Problem.self) { try LawBench.catalog("known_host:\n  \(self.text(text))\n") }
    }

    struct Row: CustomTestStringConvertible, Sendable {
        var testDescription: String, before: String, host: String, after: String

        init(_ claim: String, _ before: String, _ host: String, _ after: String) {
            (testDescription, self.before, self.host, self.after) = (claim, before, host, after)
        }
    }

    static let rows = [
        Row("a key comes to the end", "# x\n", "a: {keys: {exactly: [K1 me]}}", "# x\na K1 me\n"),
        Row(
            "with its aliases", "", "A: {aliases: ['2001:DB8::1', '[b]:22', '[b]:23'], keys: {at_least: [K1]}}",
            "a,2001:db8::1,b,[b]:23 K1\n"),
        Row("a comment is no difference", "A  K1 other\n", "a: {keys: {exactly: [K1 me]}}", "A  K1 other\n"),
        Row("an alias comes behind it", "a K1\n", "a: {aliases: [b], keys: {exactly: [K1]}}", "a K1\nb K1\n"),
        Row("aliases that are not managed stay", "a,b K1\n", "a: {keys: {exactly: [K1]}}", "a,b K1\n"),
        Row("those that are go", "a,b,c\tK1 me\n", "a: {aliases: [c], keys: {exactly: [K1]}}", "a,c\tK1 me\n"),
        Row("but not of another host's line", "x,a K1\n", "a: {aliases: [], keys: {exactly: [K1]}}", "x,a K1\n"),
        Row("exactly: another key goes", "a K2\na K1\n", "a: {keys: {exactly: [K1]}}", "a K1\n"),
        Row("others in its line keep it", "a,b K2\n", "a: {keys: {exactly: [K1]}}", "b K2\na K1\n"),
        Row("at least: another key stays", "a K2\n", "a: {keys: {at_least: [K1]}}", "a K2\na K1\n"),
        Row("a hash is a name", "HASHED K1\n", "a: {keys: {exactly: [K1]}}", "HASHED K1\n"),
        Row("all of them (Ansible 29224)", "HASHED K2\nHASHED K2\n", "a: {keys: {exactly: [K1]}}", "a K1\n"),
        Row(
            "as itself where it is not to be hashed", "HASHED K1\n", "a: {hashed: false, keys: {exactly: [K1]}}",
            "a K1\n"),
        Row(
            "another port is another host (Ansible 29343)", "[a]:23 K2\n", "a: {keys: {exactly: [K1]}}",
            "[a]:23 K2\na K1\n"),
        Row(
            "patterns, marks and what is no key stay", "a,*.b K2\n@cert-authority a K2\na 1024 35 99\n@x a K2\n",
            "a: {keys: {exactly: [K1]}}", "a,*.b K2\n@cert-authority a K2\na 1024 35 99\n@x a K2\na K1\n"),
        Row(
            "an authority has a mark", "*.b K2\n", "'*.b': {cert_authority: true, keys: {exactly: [K1]}}",
            "*.b K2\n@cert-authority *.b K1\n"),
        Row(
            "one that is there is enough", "@cert-authority *.b K1\n",
            "'*.B': {cert_authority: true, keys: {exactly: [K1]}}", "@cert-authority *.b K1\n"),
        Row("carriage returns stay among hosts", "b K2\r\na K2\r\n", "a: {keys: {exactly: [K1]}}", "b K2\r\na K1\r\n"),
        Row(
            "absent takes the host away", "a,b K1\na K2\nHASHED K1\n*.a K1\n",
            "a: {keys: {exactly: [K1]}, state: absent}", "b K1\n*.a K1\n"),
        Row("or these keys of it", "a K1\na K2\n", "a: {keys: {at_least: [K1]}, state: absent}", "a K2\n"),
        Row("or all, with none named", "a K1\na K2\n", "a: {state: absent}", ""),
    ]

    @Test(arguments: rows) func theFileSaysWhatIsDeclared(_ row: Row) throws {
        let bench = try LawBench.simulated(with: [(Self.file, text(row.before))])
        try bench.converge("known_host:\n  \(text(row.host))\n")
        #expect(try bench.text(Self.file) == text(row.after))
    }

    @Test func namesAreHashedAlikeEachTime() throws {
        // Ansible 44284, 24651, 29363: a name that is readable gives way to its hash, which is no difference later.
        let bench = try LawBench.simulated(with: [(Self.file, text("a,b K1 me\nx K2\n"))])
        let host = text("known_host:\n  a: {aliases: [b], hashed: true, keys: {exactly: [K1, K2]}}\n")
        try bench.converge(host)
        let lines = try #require(try bench.text(Self.file)).split(separator: "\n")
        #expect(lines.count == 5 && lines[0] == text("x K2") && lines.dropFirst().allSatisfy { $0.hasPrefix("|1|") })
        #expect(Set(lines.map { $0.split(separator: " ")[0] }).count == 5, "one salt, one name and key")
        try bench.converge(Self.other)
        #expect(try bench.text(Self.file) == lines.joined(separator: "\n") + "\n", "it was there before")
    }

    @Test(arguments: [
        "@revoked a K1\n", "@revoked * K1\na K1\n", "@revoked *.x,?,!b K1\n", "@revoked HASHED K1\n",
    ])
    func aRevokedKeyIsRefusedEachTime(before: String) throws {
        let bench = try LawBench.simulated(with: [(Self.file, text(before))])
        for _ in 0..<2 {
            let said = try bench.refusal(text("known_host:\n  a: {keys: {exactly: [K1]}}\n"), leaving: Self.file)
            #expect(said.contains("line 1 of \(Self.file) revokes"), "\(said)")
        }
        try bench.converge(text("known_host:\n  a: {keys: {exactly: [K2]}}\n"))
        try bench.converge(text("known_host:\n  b: {keys: {exactly: [K1]}, state: absent}\n"))
    }

    @Test(arguments: ["@revoked *.x K1\n", "@revoked a,!a K1\n", "@revoked ?? K1\n", "# @revoked a K1\n"])
    func whatIsRevokedForOthersIsTaken(before: String) throws {
        let bench = try LawBench.simulated(with: [(Self.file, text(before))])
        try bench.converge(text("known_host:\n  a: {keys: {exactly: [K1]}}\n"))
    }

    @Test func anAccountHasAFileOfItsOwn() throws {
        let bench = try LawBench.simulated()
        let host = text("known_host:\n  a: {user: ana, keys: {exactly: [K1]}}\n")
        #expect(try bench.refusal(host, leaving: Self.file).contains("the account ana does not exist"))
        try bench.converge("user: {ana: {}}\n" + host)
        #expect(try bench.text("/home/ana/.ssh/known_hosts") == text("a K1\n"))
        let status = try #require(try bench.host.status(of: "/home/ana/.ssh/known_hosts".asPath))
        let folder = try #require(try bench.host.status(of: "/home/ana/.ssh".asPath))
        #expect(status.permissions.bits == 0o600 && folder.permissions.bits == 0o700)
        #expect(status.owner == folder.owner && status.owner != 0)
        try bench.converge("user: {ana: {}}\n")
        #expect(try bench.text("/home/ana/.ssh/known_hosts") == "")
    }

    @Test func strangeBytesStayAndALinkIsLeftAlone() throws {
        let bench = try LawBench.simulated()
        let strange = Array("# caf".utf8) + [0xE9, 0x0A] + Array(text("b K2 ").utf8) + [0xFF, 0x00, 0x0A]
        try bench.put(Self.file, Content(strange))
        try bench.converge(text("known_host:\n  a: {keys: {exactly: [K1]}}\n"))
        #expect(try bench.bytes(Self.file) == strange + Array(text("a K1\n").utf8))
        try bench.converge(Self.other)
        #expect(try bench.bytes(Self.file) == strange)
        try bench.perform([
            .remove(Removal(try Self.file.asPath, kind: .file)),
            .makeLink(LinkCreation(try Self.file.asPath, target: "/etc/other", replaced: .nothing)),
        ])
        let said = try bench.refusal(text("known_host:\n  a: {keys: {exactly: [K1]}}\n"), leaving: Self.file)
        #expect(said.contains("is a link"))
    }
}
