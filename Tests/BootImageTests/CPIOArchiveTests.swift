import Testing

@testable import BootImage

struct CPIOArchiveTests {
    /// The fields of a header in their order (buffer-format.rst of Linux), names and contents padded to four bytes.
    @Test func aFileIsAHeaderANameAndItsBytes() {
        let archive = CPIOArchive([.file("init", Array("hello".utf8), mode: 0o755)])
        let header =
            "070701" + ["1", "81ed", "0", "0", "1", "0", "5", "0", "0", "0", "0", "5", "0"].map(Self.field).joined()
        let expected = Array(header.utf8) + Array("init\0\0".utf8) + Array("hello\0\0\0".utf8)
        #expect(Array(archive.bytes.prefix(expected.count)) == expected)
        #expect(archive.bytes.count % 512 == 0)
        #expect(String(decoding: archive.bytes, as: UTF8.self).contains("TRAILER!!!"))
    }

    private static func field(_ digits: String) -> String { String(repeating: "0", count: 8 - digits.count) + digits }

    @Test func aDeviceHasItsNumbersAndALinkItsTarget() {
        let console = String(decoding: CPIOArchive([.characterDevice("c", 5, 1)]).bytes, as: UTF8.self)
        #expect(console.contains("00002180") && console.contains("0000000500000001" + Self.field("2")))
        let link = String(decoding: CPIOArchive([.link("bin", to: "usr/bin")]).bytes, as: UTF8.self)
        #expect(link.contains("0000a1ff") && link.contains("usr/bin"))
    }
}
