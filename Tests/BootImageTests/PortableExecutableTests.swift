import Testing

@testable import BootImage

struct PortableExecutableTests {
    /// A program with one section of 16 bytes at 0x1000, and room for more headers.
    private static let stub: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 0x600)
        func set(_ offset: Int, _ value: Int, _ count: Int) {
            bytes.replaceSubrange(offset..<offset + count, with: ELFBuilder.number(value, count))
        }
        for (offset, value, count) in [
            (0, 0x5A4D, 2), (0x3C, 0x80, 4), (0x80, 0x4550, 4), (0x86, 1, 2), (0x94, 240, 2), (0x98, 0x20B, 2),
            (0xB8, 0x1000, 4), (0xBC, 0x200, 4), (0xD0, 0x2000, 4), (0xD4, 0x400, 4),
            (0x188 + 8, 16, 4), (0x188 + 12, 0x1000, 4), (0x188 + 16, 0x200, 4), (0x188 + 20, 0x400, 4),
        ] { set(offset, value, count) }
        return bytes
    }()

    @Test func sectionsComeBehindTheStubsOwn() throws {
        let linux = [UInt8](repeating: 7, count: 0x1801)
        let result = try #require(
            PortableExecutable.adding([(".osrel", [1, 2, 3]), (".linux", linux)], to: Self.stub))
        let file = LittleEndian(bytes: result)
        #expect(file.number(at: 0x86, count: 2) == 3)
        func section(_ index: Int) -> [Int?] {
            [8, 12, 16, 20].map { file.number(at: 0x188 + 40 * index + $0, count: 4) }
        }
        #expect(section(1) == [3, 0x2000, 0x200, 0x600])
        #expect(section(2) == [0x1801, 0x3000, 0x1A00, 0x800])
        #expect(file.text(at: 0x188 + 80) == ".linux")
        #expect(Array(result[0x800..<0x800 + linux.count]) == linux)
        #expect(file.number(at: 0xD0, count: 4) == 0x5000 && result.count == 0x2200)
    }

    @Test func aStubWithoutRoomOrOfAnotherKindIsRefused() {
        #expect(PortableExecutable.adding((0..<20).map { (".s\($0)", [1]) }, to: Self.stub) == nil)
        var other = Self.stub
        other[0x98] = 0x0A
        #expect(PortableExecutable.adding([(".x", [1])], to: other) == nil)
        #expect(PortableExecutable.adding([(".x", [1])], to: []) == nil)
    }

    /// Whatever is cut off or changed, nothing traps.
    @Test func aDamagedStubDoesNotTrap() {
        for count in 0..<Self.stub.count {
            _ = PortableExecutable.adding([(".x", [1])], to: Array(Self.stub[..<count]))
        }
        for index in 0..<0x200 {
            for value in [1, 0x7F, 0xFF] as [UInt8] {
                var bytes = Self.stub
                bytes[index] = value
                _ = PortableExecutable.adding([(".x", [1])], to: bytes)
            }
        }
    }
}
