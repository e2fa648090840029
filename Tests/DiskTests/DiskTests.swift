import Testing

@testable import Disk

/// Tables that are made here byte by byte; Tests/Tools/disk-judge.py has those of other programs, and hundreds of hostile ones.
@Suite struct DiskTests {
    static let esp: [UInt8] = [
        0x28, 0x73, 0x2A, 0xC1, 0x1F, 0xF8, 0xD2, 0x11, 0xBA, 0x4B, 0x00, 0xA0, 0xC9, 0x3E, 0xC9, 0x3B,
    ]

    /// A disk of 1 MiB with one partition, and what a test changes before it is sealed.
    static func disk(
        sectorSize: Int = 512, header change: (inout [UInt8]) -> Void = { _ in },
        entry: (inout [UInt8]) -> Void = { _ in }
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = bytes.count / sectorSize, last = count - 1
        bytes[450] = 0xEE
        bytes.put(1, at: 454, 4)
        bytes.put(UInt64(count - 1), at: 458, 4)
        bytes.put(0xAA55, at: 510, 2)
        var entries = [UInt8](repeating: 0, count: 128 * 128)
        entries.replaceSubrange(0..<16, with: esp)
        entries.replaceSubrange(16..<32, with: (1...16).map { UInt8($0) })
        entries.put(64, at: 32, 8)
        entries.put(127, at: 40, 8)
        entries.replaceSubrange(56..<60, with: [0x45, 0, 0xE4, 0])
        entry(&entries)
        let sectors = entries.count / sectorSize
        for (own, other, place) in [(1, last, 2), (last, 1, last - sectors)] {
            var header = [UInt8](repeating: 0, count: sectorSize)
            header.replaceSubrange(0..<8, with: Array("EFI PART".utf8))
            header.put(0x10000, at: 8, 4)
            header.put(92, at: 12, 4)
            header.put(UInt64(own), at: 24, 8)
            header.put(UInt64(other), at: 32, 8)
            header.put(UInt64(2 + sectors), at: 40, 8)
            header.put(UInt64(last - sectors - 1), at: 48, 8)
            header.replaceSubrange(56..<72, with: (0..<16).map { UInt8(0xA0 + $0) })
            header.put(UInt64(place), at: 72, 8)
            header.put(128, at: 80, 4)
            header.put(128, at: 84, 4)
            header.put(UInt64(CRC32.checksum(entries)), at: 88, 4)
            change(&header)
            header.put(UInt64(CRC32.checksum(header[..<92])), at: 16, 4)
            bytes.replaceSubrange(own * sectorSize..<(own + 1) * sectorSize, with: header)
            bytes.replaceSubrange(place * sectorSize..<place * sectorSize + entries.count, with: entries)
        }
        return bytes
    }

    /// The check value of the catalogue of CRCs, for the digits 1 to 9.
    @Test func checksum() { #expect(CRC32.checksum("123456789".utf8) == 0xCBF4_3926) }

    @Test(arguments: [512, 4096]) func aTableIsRead(_ sectorSize: Int) throws {
        let report = try DiskReport(of: DiskBytes(Self.disk(sectorSize: sectorSize), sectorSize: sectorSize))
        #expect(report.table.isWritable && report.table.kind == .gpt, "\(report.table.problems)")
        let partition = try #require(report.table.partitions.first)
        #expect(partition.type == "esp" && partition.name == "Eä" && partition.start == 64 && partition.count == 64)
        #expect(partition.guid?.text == "04030201-0605-0807-090A-0B0C0D0E0F10")
        #expect(report.lines.last?.contains("1  esp   ") == true)
    }

    @Test(arguments: [
        (8, 0x20000, 4, "its revision is not 1.0"), (80, 5000, 4, "it has 5000 entries"),
        (84, 192, 4, "its entries have 192 bytes"), (72, 1 << 40, 8, "its entries are beyond the disk"),
        (48, 1 << 40, 8, "its usable sectors are beyond the disk"),
        (24, 9, 8, "its header says that it is at sector 9"), (88, 7, 4, "the checksum of its entries is wrong"),
    ]) func aWrongHeaderIsNamed(_ offset: Int, _ value: UInt64, _ count: Int, _ reason: String) throws {
        let report = try DiskReport(of: DiskBytes(Self.disk(header: { $0.put(value, at: offset, count) })))
        #expect(report.table.problems == ["neither copy can be read: \(reason)"])
        #expect(!report.table.isWritable)
    }

    @Test(arguments: [
        (0, "the first copy: the checksum of its header is wrong"),
        ((1 << 20) - 512 * 2, "the second copy: the checksum of its header is wrong"),
    ]) func oneCopyIsEnoughToRead(_ sector: Int, _ problem: String) throws {
        var bytes = Self.disk()
        bytes[sector + 512 + 60] ^= 1
        let report = try DiskReport(of: DiskBytes(bytes))
        #expect(report.table.problems == [problem] && report.table.partitions.count == 1)
    }

    @Test func partitionsOnEachOtherAreNamed() throws {
        let bytes = Self.disk(entry: { entries in
            entries.replaceSubrange(128..<144, with: Self.esp)
            entries[144] = 9
            entries.put(100, at: 160, 8)
            entries.put(200, at: 168, 8)
        })
        #expect(try DiskReport(of: DiskBytes(bytes)).table.problems == ["partitions 1 and 2 lie on each other"])
    }

    /// More bytes than a number holds are printed as sectors.
    @Test func aPartitionBeyondAllNumbersIsPrinted() throws {
        let report = try DiskReport(of: DiskBytes(Self.disk(entry: { $0.put(1 << 60, at: 40, 8) })))
        #expect(report.table.problems == ["partition 1 is outside of the usable sectors"])
        #expect(report.lines.last?.contains("1152921504606846913 sectors") == true, "\(report.lines)")
    }

    @Test func whatAPartitionHoldsIsFound() throws {
        var bytes = Self.disk()
        bytes.replaceSubrange(64 * 512..<64 * 512 + 6, with: Array("LUKS".utf8) + [0xBA, 0xBE])
        bytes.replaceSubrange(64 * 512 + 4086..<64 * 512 + 4096, with: Array("SWAPSPACE2".utf8))
        let report = try DiskReport(of: DiskBytes(bytes))
        #expect(report.partitionSignatures[1]?.map(\.name) == ["crypto_LUKS", "swap"])
        #expect(report.signatures.isEmpty)
        #expect(report.partitionSignatures[1]?.last?.offset == 4086)
    }

    @Test func nothingIsNothing() throws {
        for count in [0, 1, 511, 512, 1024, 1536, 1 << 20] {
            let report = try DiskReport(of: DiskBytes([UInt8](repeating: 0, count: count)))
            #expect(report.table.kind == .none && report.signatures.isEmpty)
        }
    }
}

extension [UInt8] {
    fileprivate mutating func put(_ value: UInt64, at offset: Int, _ count: Int) {
        for index in 0..<count { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
    }
}
