import Model
import Testing

/// Bytes in memory, bytes that are streamed and bytes of which only a digest is known are one thing.
@Suite struct ContentTests {
    private static func stream(_ pieces: [String], saying text: String? = nil, name: String = "a") -> ByteStream {
        let bytes = Array((text ?? pieces.joined()).utf8)
        return ByteStream(name, byteCount: bytes.count, sha256: Digest(of: bytes).bytes) { (sink) throws(HostFault) in
            for piece in pieces {
                var fault: HostFault?
                Array(piece.utf8).withUnsafeBytes { buffer in
                    do throws(HostFault) { try sink(buffer) } catch { fault = error }
                }
                if let fault { throw fault }
            }
        }
    }

    private static let whole = FileContent.whole(Content("hello"))
    private static let known = FileContent.known(byteCount: 5, Digest(of: Array("hello".utf8)))

    @Test(
        arguments: [
            ("themselves", whole, whole, true), ("a stream", whole, .stream(stream(["hel", "lo"])), true),
            ("whatever its name", .stream(stream(["hello"])), .stream(stream(["h", "ello"], name: "b")), true),
            ("what is known of them", whole, known, true), ("both known", known, known, true),
            ("a secret has the same bytes", whole, .whole(Content("hello", isSecret: true)), true),
            ("other bytes", whole, .whole(Content("hellO")), false),
            ("another stream", whole, .stream(stream(["jello"])), false),
            ("another size tells it without a digest", whole, .known(byteCount: 6, nil), false),
            ("without a digest nothing is equal", whole, .known(byteCount: 5, nil), false),
            ("not even to itself", .known(byteCount: 5, nil), .known(byteCount: 5, nil), false),
            ("a digest of another size", whole, .known(byteCount: 6, Digest(of: Array("hello".utf8))), false),
            ("what is withheld is no body", whole, .whole(Content(Array("hello".utf8), isWithheld: true)), false),
        ] as [(String, FileContent, FileContent, Bool)])
    func contentsAreEqualWhenTheirBytesAre(_ claim: String, _ left: FileContent, _ right: FileContent, _ isEqual: Bool)
    {
        #expect((left == right) == isEqual, "\(claim)")
        #expect((right == left) == isEqual, "\(claim), from the other side")
        if isEqual { #expect(left.hashValue == right.hashValue, "\(claim): equal ones are found in a set") }
    }

    @Test func bytesAreReadFromTheirBeginningAsOftenAsWanted() throws {
        let stream = FileContent.stream(Self.stream(["hel", "", "lo"]))
        for _ in 0..<2 { #expect(try stream.bytes == Array("hello".utf8)) }
        #expect(try Self.whole.bytes == Array("hello".utf8))
        #expect(stream.byteCount == 5 && stream.digest == Self.whole.digest)
        #expect(throws: HostFault("read", "5 bytes", "only their digest is known")) { _ = try Self.known.bytes }
    }

    @Test(arguments: [["hel"], [], ["hello", "!"], ["hello!"]])
    func aStreamOfAnotherLengthIsAFault(_ pieces: [String]) {
        let stream = Self.stream(pieces, saying: "hello")
        var read: [UInt8] = []
        #expect(throws: HostFault("read", "a", "it changed since its digest was taken")) {
            try stream.read { (piece) throws(HostFault) in read += piece }
        }
        #expect(read.count <= 5, "no more is handed over than was said")
    }

    @Test func aFaultOfTheReaderEndsTheReading() {
        let full = HostFault("write", "/a", "ENOSPC")
        for content in [Self.whole, .stream(Self.stream(["hel", "lo"]))] {
            var count = 0
            #expect(throws: full) {
                try content.read { (_) throws(HostFault) in
                    count += 1
                    throw full
                }
            }
            #expect(count == 1)
        }
    }

    @Test(arguments: [("text", true), ("", true), ("tab\t", true), ("\u{0}", false)] as [(String, Bool)])
    func textIsWhatAPersonCanRead(_ text: String, _ isText: Bool) {
        #expect(Content(text).isText == isText)
    }

    @Test func aSecretIsNotShown() {
        let secret = FileContent.whole(Content("hello", isSecret: true))
        #expect(secret.shown == .secret && secret.isSecret)
        #expect(!FileContent.stream(Self.stream(["hello"])).isSecret)
        let change = Change("content", from: Self.known, to: secret)
        #expect(change.old == .secret && change.new == .secret)
        #expect(
            change.witness != Change("content", from: Self.whole, to: .whole(Content("other", isSecret: true))).witness)
    }
}
