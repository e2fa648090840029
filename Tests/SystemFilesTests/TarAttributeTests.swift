import Model
import Testing

@testable import SystemFiles

/// What pax says of an entry beside its bytes.
@Suite struct TarAttributeTests {
    static func tar(_ records: [String]) throws -> [UInt8] {
        let words = records.flatMap { record in
            // The length counts its own digits.
            let rest = record.utf8.count + 2
            let length = (1...4).lazy.map { rest + $0 }.first { "\($0)".count + rest == $0 } ?? 0
            return Array("\(length) \(record)\n".utf8)
        }
        func block(_ name: String, _ byteCount: Int, type: Character) throws -> [UInt8] {
            var block = try #require(
                TarHeader.block(ofFile: Array(name.utf8), mode: 0o644, byteCount: byteCount, time: 7))
            block[156] = type.asciiValue ?? 0
            block.replaceSubrange(148..<156, with: Array("        ".utf8))
            let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
            block.replaceSubrange(
                148..<156, with: Array((String(repeating: "0", count: 6 - sum.count) + sum).utf8) + [0, 32])
            return block
        }
        let padding = [UInt8](repeating: 0, count: TarHeader.padding(after: words.count))
        return try block("x", words.count, type: "x") + words + padding + block("f", 0, type: "0")
    }

    static func entry(_ records: String...) throws -> RawEntry {
        var reader = TarReader(ArchiveBytes(try tar(records)))
        return try #require(try reader.next())
    }

    @Test func timesHaveFractions() throws {
        for (text, seconds, nanoseconds) in [
            ("5", 5, 0), ("5.5", 5, 500_000_000), ("1234567890.123456789", 1_234_567_890, 123_456_789),
            ("-1.5", -2, 500_000_000), ("-1", -1, 0), ("0.0000000019", 0, 1),
        ] {
            let time = try #require(try Self.entry("mtime=\(text)").time)
            #expect(time == (seconds, nanoseconds), "\(text): \(time)")
        }
        for text in ["", "x", "1.x", "--1", "1e5"] {
            if text.isEmpty {
                #expect(try Self.entry("mtime=").time?.seconds == 7)
            } else {
                #expect(throws: HostFault.self, "\(text)") { try Self.entry("mtime=\(text)") }
            }
        }
    }

    @Test func ownersAndAttributesAreRead() throws {
        let entry = try Self.entry(
            "uid=4294967294", "gid=9", "SCHILY.xattr.user.a=1", "SCHILY.xattr.user.b=x=y", "SCHILY.xattr.user.a=2")
        #expect(entry.owner == 4_294_967_294 && entry.group == 9)
        #expect(entry.attributes.map(\.name) == ["user.b", "user.a"])
        #expect(entry.attributes.map(\.value) == [Array("x=y".utf8), Array("2".utf8)])
    }

    @Test func accessListsThatAreOnlyTextsAreTold() throws {
        let plain = "SCHILY.acl.access=user::rwx,group::r-x,other::r-x"
        #expect(try !Self.entry(plain).hasTextualAccessList)
        #expect(try Self.entry("\(plain),user:ana:rwx").hasTextualAccessList)
        #expect(try !Self.entry("\(plain),user:ana:rwx", "SCHILY.xattr.system.posix_acl_access=x").hasTextualAccessList)
        #expect(try Self.entry("SCHILY.acl.default=user::rwx").hasTextualAccessList)
    }
}
