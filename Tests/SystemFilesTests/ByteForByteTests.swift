import SystemFiles
import Model
import Testing

/// What is not ours in a file stays as it is, to the byte.
@Suite struct ByteForByteTests {
    static let strangeFiles: [[UInt8]] = [
        [], Array("\n".utf8), Array("a".utf8), Array("a\r\nb\r\n".utf8), Array("a\n\nb".utf8),
        Array("# caf\u{E9}\n".unicodeScalars.map { UInt8($0.value) }), [0xFF, 0xFE, 0x0A, 0x00],
        Array("# lodestar: job\n# no entry\n".utf8), Array("# lodestar: ".utf8) + [0xE9, 0x0A, 0x41, 0x0A],
    ]

    @Test(arguments: strangeFiles)
    func whatIsReadIsWrittenBack(_ bytes: [UInt8]) {
        #expect(AuthorizedKeys(parsing: bytes).bytes == bytes)
        #expect(Crontab(parsing: bytes).bytes == bytes)
        #expect(TextLines(parsing: bytes).bytes == bytes)
    }

    @Test func removingFromAnEmptyFileLeavesItEmpty() throws {
        var lines = TextLines(parsing: [])
        try lines.apply(LineEdit(text: Content("x"), isPresent: false))
        #expect(lines.bytes.isEmpty)
    }

    struct LineCase: CustomTestStringConvertible, Sendable {
        var before: [UInt8]
        var edit: LineEdit
        var after: [UInt8]
        var testDescription: String { String(decoding: before, as: UTF8.self).debugDescription }

        init(_ before: String, _ edit: LineEdit, _ after: String) {
            // Each character is a byte: Latin-1.
            self.before = before.unicodeScalars.map { UInt8($0.value) }
            self.edit = edit
            self.after = after.unicodeScalars.map { UInt8($0.value) }
        }
    }

    private static func new(
        _ text: String, match: String? = nil, all: Bool = false, after: String? = nil, before: String? = nil
    ) -> LineEdit {
        LineEdit(text: Content(text), match: match, replacesAll: all, insertAfter: after, insertBefore: before)
    }

    private static func gone(_ text: String, match: String? = nil) -> LineEdit {
        LineEdit(text: Content(text), match: match, isPresent: false)
    }

    static let lineCases = [
        LineCase("caf\u{E9}\n", new("x"), "caf\u{E9}\nx\n"),
        LineCase("caf\u{E9}=1\nb\n", new("caf=2", match: "^caf.=|^caf="), "caf=2\nb\n"),
        LineCase("\u{FF}\u{FE}\u{0}a\n\u{E9}\n", new("b", match: "^b|a$"), "b\n\u{E9}\n"),
        LineCase("a\u{0}b\nc\n", new("c2", match: "^c"), "a\u{0}b\nc2\n"),
        LineCase("# \u{FC}\nkey=1 # \u{E4}\n", new("key=2", match: "^key="), "# \u{FC}\nkey=2\n"),
        LineCase("\u{E9}\na\n\u{E9}\n", gone("a"), "\u{E9}\n\u{E9}\n"),
        LineCase("a\u{E9}\na\n", gone("a", match: "^a.$"), "a\n"),
        LineCase("a\r\nb\r\n", new("c"), "a\r\nb\r\nc\r\n"),
        LineCase("a\r\nb", new("c"), "a\r\nb\r\nc"),
        LineCase("a\r\nb\r\nc", gone("c"), "a\r\nb"),
        LineCase("a\r\nb", new("b2", match: "^b"), "a\r\nb2"),
        LineCase("a\r\nb\r\n", new("a2", match: "^a"), "a2\r\nb\r\n"),
        LineCase("a\nb\r\nc\n", new("b2", match: "^b"), "a\nb2\r\nc\n"),
        LineCase("a\nb\r\nc\n", new("x", after: "^b"), "a\nb\r\nx\r\nc\n"),
        LineCase("a\r\nb\nc\r\n", new("x", after: "^b"), "a\r\nb\nx\nc\r\n"),
        LineCase("a\r\nb\n", new("x", before: "^a"), "x\r\na\r\nb\n"),
        LineCase("a\r\nb\r\n", new("a"), "a\r\nb\r\n"),
        LineCase("a", new("b"), "a\nb"),
        LineCase("a\nb", gone("b"), "a"),
        LineCase("a\rb\n", new("a"), "a\rb\na\n"),
        LineCase("", new("a"), "a\n"),
        LineCase("a\n", gone("a"), ""),
        LineCase("\r\n", new("a"), "\r\na\r\n"),
        LineCase("k\r\nk\nk", new("k=1", match: "^k", all: true), "k=1\r\nk=1\nk=1"),
    ]

    @Test(arguments: lineCases) func linesAreEditedInAnyEncoding(_ scene: LineCase) throws {
        var document = TextLines(parsing: scene.before)
        try document.apply(scene.edit)
        #expect(document.bytes == scene.after, "\(String(decoding: document.bytes, as: UTF8.self).debugDescription)")
        if scene.edit.match == nil || scene.edit.isPresent {
            try document.apply(scene.edit)
            #expect(document.bytes == scene.after, "a second time")
        }
    }

    /// What looks the same in other characters is another line.
    @Test func aLineIsItsBytes() throws {
        let composed = "caf\u{E9}", decomposed = "cafe\u{301}"
        var document = TextLines(parsing: Array("\(decomposed)\n".utf8))
        try document.apply(Self.new(composed))
        #expect(document.bytes == Array("\(decomposed)\n\(composed)\n".utf8))
    }

    static let ours = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC8XqVv0w0x9h1C6tJd8T2b0k3o5kq0o0pJ0b6w1nX5a"
    static let strange = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF9m3y7Jx2d1N1bq8Yk0u4o7Cw5zW6v3rT0pQ8sL2mKd"

    @Test func keysInAFileWithCarriageReturnsAreSeenOneByOne() throws {
        var file = AuthorizedKeys(parsing: Array("\(Self.ours)\r\n\(Self.strange)\r\n".utf8))
        #expect(file.keys.map(\.line) == [Self.ours, Self.strange])
        let key = try #require(PublicKey(line: Self.ours))
        file.apply(.set(.exactly([key])))
        #expect(file.keys.map(\.line) == [Self.ours])
    }

    @Test func anEditKeepsBytesThatAreNoText() {
        let stranger: [UInt8] = [0x23, 0x20, 0xE9, 0x0A]
        var table = Crontab(parsing: stranger)
        table.apply(.set(CrontabRecord(name: "job", schedule: "1 2 * * *", user: nil, command: "/bin/true")))
        #expect(table.bytes == stranger + Array("# lodestar: job\n1 2 * * * /bin/true\n".utf8))
        table.apply(.remove(name: "job"))
        #expect(table.bytes == stranger)
    }
}
