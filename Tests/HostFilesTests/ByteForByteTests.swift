import HostFiles
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
        let lines = TextLines(parsing: bytes)
        if lines.isText { #expect(lines.bytes == bytes) }
    }

    @Test func removingFromAnEmptyFileLeavesItEmpty() throws {
        var lines = TextLines(parsing: [])
        try lines.apply(LineEdit(text: Content("x"), isPresent: false))
        #expect(lines.bytes.isEmpty)
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
