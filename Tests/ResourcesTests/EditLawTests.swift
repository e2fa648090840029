import SystemFiles
import Model
import TestSupport
import Testing

/// The law of every edit, on random files: made twice it is made once, also when the file is read anew in between; and no
/// line goes that has nothing to do with it.
@Suite struct EditLawTests {
    private static let key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"
    private static let keys = [PublicKey(line: key)].compactMap(\.self)
    private static let addresses = [IPAddress("192.0.2.7"), IPAddress("2001:db8::1")].compactMap(\.self)
    private static let block = BlockMarker("# {mark} x")

    struct Law: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var edit: any DocumentEdit
        /// Lines of which the edit may take some.
        var words: [String]

        init(_ claim: String, _ edit: any DocumentEdit, _ words: [String]) {
            (testDescription, self.edit, self.words) = (claim, edit, words)
        }
    }

    private static let hosts = [
        "192.0.2.7 a", "192.0.2.7\ta b # c", "192.0.2.8 a", "2001:DB8:0::1 A", "::1 a", "127.0.1.1 a b",
    ]
    private static let names = [
        "a \(key)", "a,b,c \(key) me", "c,a \(key)",
        "|1|BwcHBwcHBwcHBwcHBwcHBwcHBwc=|pCCDUdcfR9xUeFWkTBzl80NXqNU= \(key)",
        "a ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8XqVv0w0x9h1C6tJd8T2b0k3o5kq0o0pJ0b6w1nX5a",
    ]
    private static let options = ["[s]", "  [s]", "[t]", "k=1", "k = 1", "  k: 2", "\tk", "   more", "", " "]

    static let laws = [
        Law("a line comes", LineEdit(text: Content("new"), match: "^n", insertAfter: "a"), ["new", "n"]),
        Law("lines go", LineEdit(text: Content("n"), isPresent: false), ["n"]),
        Law(
            "a block comes", BlockEdit(text: Content("1\n2"), marker: block, former: BlockMarker("{mark}")),
            ["# BEGIN x", "# END x", "BEGIN", "END", "1", "b"]),
        Law(
            "a block goes", BlockEdit(text: Content(""), marker: block, isPresent: false),
            ["# BEGIN x", "# END x", "1", "b"]),
        Law("an option comes", OptionEdit(section: "s", option: "k", value: Content("1\n2")), options),
        Law("an option before the sections", OptionEdit(option: "k", value: Content("1"), separator: ":"), options),
        Law("an option goes", OptionEdit(section: "s", option: "k", isPresent: false), options),
        Law("a host comes", HostsEdit(HostRecord(name: "a", aliases: ["b"], addresses: addresses)), hosts),
        Law("a host goes", HostsEdit(HostRecord(name: "a", aliases: [], addresses: []), isPresent: false), hosts),
        Law(
            "a limit comes", LimitEdit(LimitLine(domain: "a", type: "-", item: "core", value: "0")),
            ["a - core 0", "a - core 1 # x", "a\t-  CORE 0"]),
        Law(
            "a limit goes", LimitEdit(LimitLine(domain: "a", type: "-", item: "core", value: ""), isPresent: false),
            ["a - core 0", "a - core 1"]),
        Law(
            "a known host", KnownHostEdit(KnownHostRecord(names: ["a", "b"], keys: .exactly(keys), hasAliases: true)),
            names),
        Law("a hashed one", KnownHostEdit(KnownHostRecord(names: ["a"], keys: .atLeast(keys), isHashed: true)), names),
        Law(
            "a known host goes", KnownHostEdit(KnownHostRecord(names: ["a"], keys: .exactly([])), isPresent: false),
            names),
    ]

    private static let strangers: [[UInt8]] = [
        Array("# caf".utf8) + [0xE9], [0xFF, 0x00, 0xFE], Array("; z".utf8), Array("z = 1 # [s]".utf8),
        Array("10.0.0.1 z".utf8),
        Array("*.z \(key)".utf8), Array("z soft core 5".utf8), Array("@revoked z \(key)".utf8), [],
    ]

    private func file(_ law: Law, _ generator: inout SeededGenerator) -> [UInt8] {
        var lines: [[UInt8]] = [], end: [UInt8] = Bool.random(using: &generator) ? [0x0A] : [0x0D, 0x0A]
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            let isOurs = Bool.random(using: &generator)
            let line =
                isOurs
                ? law.words.randomElement(using: &generator).map { Array($0.utf8) }
                : Self.strangers.randomElement(using: &generator)
            lines.append(line ?? [])
        }
        if Int.random(in: 0..<8, using: &generator) == 0 { end = [0x0A] }
        var bytes = lines.flatMap { $0 + end }
        if Int.random(in: 0..<4, using: &generator) == 0 {
            while [0x0A, 0x0D].contains(bytes.last) { bytes.removeLast() }
        }
        return bytes
    }

    private func applied(_ edit: any DocumentEdit, to bytes: [UInt8]) -> [UInt8]? {
        var document = EditedDocument(for: edit, parsing: bytes)
        do { try document.apply(edit) } catch { return nil }
        let once = document.bytes
        do { try document.apply(edit) } catch { return nil }
        #expect(document.bytes == once, "\(String(decoding: bytes, as: UTF8.self).debugDescription)")
        return once
    }

    @Test(arguments: laws) func anEditMadeTwiceIsMadeOnceOnAnyFile(_ law: Law) throws {
        var generator = SeededGenerator(seed: 11), made = 0
        for _ in 0..<600 {
            let before = file(law, &generator)
            guard let once = applied(law.edit, to: before) else { continue }
            made += once == before ? 0 : 1
            let shown =
                "\(String(decoding: before, as: UTF8.self).debugDescription) -> \(String(decoding: once, as: UTF8.self).debugDescription)"
            #expect(applied(law.edit, to: once) == once, "read anew: \(shown)")
            func strangers(_ bytes: [UInt8]) -> [[UInt8]] {
                let lines = bytes.split(separator: 0x0A).map { Array($0.last == 0x0D ? $0.dropLast() : $0) }
                return lines.filter { !$0.isEmpty && Self.strangers.contains($0) }
            }
            // What continues an option, or stands in a block, goes with it.
            if law.edit is OptionEdit || law.edit is BlockEdit { continue }
            #expect(strangers(once) == strangers(before), "\(shown)")
        }
        #expect(made > 20, "\(made) files were changed")
    }
}
