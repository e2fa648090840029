import SystemFiles
import Model
import SignedFiles
import Testing

@testable import Images

@Suite struct ImageListTests {
    static let digest = String(repeating: "0", count: 64)

    static func list(
        _ head: String = "", name: String = "debian-12", created: String = "2026-01-01T00:00:00Z",
        compression: String = "none", bytes: String = "4194305",
        chunks: String = #"{"sha256": "\#(digest)", "bytes": 4194304}, {"sha256": "\#(digest)", "bytes": 1}"#
    ) -> String {
        #"{\#(head)"format": 1, "name": "\#(name)", "created": "\#(created)", "compression": "\#(compression)", "bytes": \#(bytes), "unpacked": 0, "entries": 1, "chunks": [\#(chunks)]}"#
    }

    @Test func aListIsReadAsItIsWritten() throws {
        let chunk = ImageList.Chunk(byteCount: 100, sha256: try #require(Digest(hexadecimal: Self.digest)))
        let list = ImageList(
            name: "debian-12", version: "12.5+1~a", lifetime: Lifetime(created: 5, expires: 1 << 32),
            compression: .zstd, byteCount: (8 << 20) + 1, unpackedByteCount: 1 << 33, entryCount: 7,
            chunks: [chunk, chunk, chunk])
        #expect(try ImageList(parsing: list.bytes) == list)
        #expect(try ImageList(parsing: Array(Self.list().utf8)).chunks.count == 2)
    }

    /// What a signed list may not say, and what a person is told.
    @Test(arguments: [
        ("", "IMAGE: expected a value, found the end at byte 0"), (list(#""more": 1, "#), "found the key `more`"),
        (list(#""format": 1, "#), "expected each key once, found `format` twice"),
        (list(name: "../x"), "expected `name` as letters, digits"), (list(name: ""), "expected `name`"),
        (list(name: ".x"), "expected `name`"), (list(compression: "xz"), "expected `compression` as none or zstd"),
        (list(created: "1969-12-31T23:59:59Z"), "expected `created` as a time such as"),
        (list(#""expires": "2026-01-01T00:00:00Z", "#), "expected `expires` after `created`"),
        (list(bytes: "0"), "expected a tar, found none"), (list(bytes: "-1"), "expected `bytes` as a number"),
        (list(bytes: "4194304"), "expected 1 chunk for 4194304 bytes, found 2"),
        (list(bytes: "9223372036854775807"), "expected at most 256 GiB"),
        (list(bytes: "4194306"), "expected a chunk 1 of 2 bytes, found one of 1"),
        (list(chunks: "1"), "`chunks`, item 1: expected an object"),
        (list(chunks: #"{"sha256": "00", "bytes": 1}"#), "expected `sha256` as 64 hexadecimal digits"),
        (
            list(compression: "zstd", bytes: "1", chunks: #"{"sha256": "\#(digest)", "bytes": 65538}"#),
            "expected a chunk 0 of 1 bytes, found one of 65538"
        ),
        (list(compression: "zstd", bytes: "1", chunks: #"{"sha256": "\#(digest)", "bytes": 0}"#), "found one of 0"),
    ]) func hostileListsAreRefused(_ text: String, _ said: String) {
        let fault = #expect(throws: SourceFault.self) { try ImageList(parsing: Array(text.utf8)) }
        #expect(fault?.kind == .refused && fault?.reason.contains(said) == true, "\(fault?.reason ?? "")")
    }

    /// An image in memory, given in any pieces, is read to its end; what is asked for is asked in order.
    @Test func anImageMayBeAStream() throws {
        let tar =
            try #require(TarHeader.block(ofFile: Array("f".utf8), mode: 0o644, byteCount: 0, time: 1)) + TarHeader.end
        let writer = try ImageWriter(
            ArchiveBytes(tar), .init(name: "x", version: nil, created: 5, lifetime: nil), .none, now: 9,
            in: ["/var/tmp"]
        ) { _ in }
        var image: [UInt8] = []
        try writer.write(signature: nil) { (bytes) in image += bytes }
        let bytes = image
        nonisolated(unsafe) var position = 0
        let open = try OpenImage { (offset, count) in
            #expect(offset == position)
            let piece = Array(bytes.dropFirst(offset).prefix(count))
            position = offset + piece.count
            return piece
        }
        let unpacked = try ImageTar(try open.takenAsItIs(now: 9)) { _ in }
        #expect(try unpacked.bytes.read(at: 0, tar.count) == tar)
        try unpacked.finish()
        #expect(position == image.count && unpacked.fault == nil)
    }
}
