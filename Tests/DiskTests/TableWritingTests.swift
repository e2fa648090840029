import Testing

@testable import Disk

/// Tables that Lodestar writes, read by its own reader; Tests/Tools/disk-judge.py shows them to sgdisk, sfdisk and parted.
@Suite struct TableWritingTests {
    private static func guid(_ number: Int) -> PartitionGUID {
        PartitionGUID(derivedFrom: (0..<16).map { UInt8(truncatingIfNeeded: number * 31 + $0) })
    }

    private static func written(_ table: PartitionTable, on disk: any DiskReading, takesPlace: Bool) -> OverlaidDisk {
        var result = OverlaidDisk(over: disk)
        for write in table.writes(on: disk, takesPlace: takesPlace).joined() { result.write(write) }
        return result
    }

    private static func blank(_ mebibytes: Int, sectorSize: Int) -> DiskBytes {
        DiskBytes([UInt8](repeating: 0, count: mebibytes << 20), sectorSize: sectorSize)
    }

    @Test(arguments: [512, 1024, 2048, 4096]) func whatIsWrittenIsRead(sectorSize: Int) throws {
        let disk = Self.blank(16, sectorSize: sectorSize)
        var table = try #require(PartitionTable(Self.guid(1), on: disk))
        #expect(
            table.add(Self.guid(2), type: "esp", name: "Eä", byteCount: (1 << 20) + 1, sectorSize: sectorSize) == 1)
        #expect(
            table.add(
                Self.guid(3), type: "linux-root", name: "root", byteCount: nil,
                attributes: PartitionTable.unfinished, sectorSize: sectorSize) == 2)
        // All is taken.
        #expect(table.add(Self.guid(4), type: "swap", name: "s", byteCount: 1, sectorSize: sectorSize) == nil)
        let read = try DiskReport(of: Self.written(table, on: disk, takesPlace: true)).table
        #expect(read == table && read.isWritable, "\(read)")
        #expect(read.partitions.map { $0.start * UInt64(sectorSize) / (1 << 20) } == [1, 3])
        #expect(read.partitions.map { $0.count * UInt64(sectorSize) / (1 << 20) } == [2, 12])
    }

    @Test func whatDoesNotFitIsRefused() throws {
        #expect(PartitionTable(Self.guid(1), on: Self.blank(1, sectorSize: 512)) == nil)
        let disk = Self.blank(4, sectorSize: 512)
        var table = try #require(PartitionTable(Self.guid(1), on: disk))
        #expect(table.add(Self.guid(2), type: "esp", name: "a", byteCount: 3 << 20, sectorSize: 512) == nil)
        #expect(table.add(Self.guid(2), type: "esp", name: "a", byteCount: 0, sectorSize: 512) == nil)
        #expect(table.add(Self.guid(2), type: "esp", name: "a", byteCount: .max, sectorSize: 512) == nil)
        #expect(table.add(Self.guid(2), type: "nonsense", name: "a", byteCount: nil, sectorSize: 512) == nil)
        #expect(table.add(Self.guid(2), type: "esp", name: "a", byteCount: 2 << 20, sectorSize: 512) == 1)
    }

    /// A power cut: of the stages before it all is there, of the one that it met any part, also half of a write.
    @Test(arguments: [true, false]) func oneCopyHoldsAtEachMoment(isFirst: Bool) throws {
        let blank = Self.blank(4, sectorSize: 512)
        var old = try #require(PartitionTable(Self.guid(1), on: blank))
        _ = old.add(Self.guid(2), type: "esp", name: "a", byteCount: 1 << 20, sectorSize: 512)
        let before: any DiskReading = isFirst ? blank : Self.written(old, on: blank, takesPlace: true)
        var new = old
        _ = new.add(Self.guid(3), type: "swap", name: "b", byteCount: 1 << 20, sectorSize: 512)
        let stages = new.writes(on: before, takesPlace: isFirst)
        for (index, stage) in stages.enumerated() {
            for part in 0..<(1 << stage.count) {
                for isTorn in [false, true] {
                    var disk = OverlaidDisk(over: before)
                    for write in stages[..<index].joined() { disk.write(write) }
                    for (position, write) in stage.enumerated() where part >> position & 1 == 1 {
                        // A sector is written whole or not at all.
                        let count = isTorn ? write.bytes.count / 1024 * 512 : write.bytes.count
                        disk.write(DiskWrite(at: write.offset, Array(write.bytes.prefix(count))))
                    }
                    let report = try DiskReport(of: disk), table = report.table
                    // Until the first header is there, nothing is: a disk that is as good as blank.
                    if isFirst, index <= 2, report.contents.isEmpty { continue }
                    #expect(table.isWritable || table.isMendable, "stage \(index), part \(part): \(table.problems)")
                    #expect(
                        table.partitions == old.partitions || table.partitions == new.partitions,
                        "stage \(index), part \(part)")
                    // Mending makes both copies alike.
                    let mended = try DiskReport(of: Self.written(table, on: disk, takesPlace: false)).table
                    #expect(mended.isWritable && mended.partitions == table.partitions, "\(mended.problems)")
                }
            }
        }
    }

    @Test(arguments: [
        (FileSystemMark.Kind.ext4, "8f3c1a52-0b7d-8e11-9a3b-0102030405ff", "root"),
        (.xfs, "8f3c1a52-0b7d-8e11-9a3b-010203040506", ""),
        (.vfat, "1A2B-3C4D", "ESP"), (.swap, "8f3c1a52-0b7d-8e11-9a3b-010203040506", "sw"), (.vfat, "0000-0001", ""),
    ])
    func anOutlineIsReadAsWhatItStandsFor(kind: FileSystemMark.Kind, uuid: String, label: String) throws {
        let mark = FileSystemMark(kind, uuid: uuid, label: label)
        var disk = OverlaidDisk(over: Self.blank(1, sectorSize: 512))
        disk.write(mark.outline(byteCount: 1 << 20))
        let signatures = try SignatureReader.signatures(on: disk)
        #expect(signatures.map(\.name) == [kind.rawValue])
        #expect(try FileSystemMark(on: disk, signatures) == mark)
    }

    @Test func hybridTablesAreNotMended() throws {
        let disk = Self.blank(8, sectorSize: 512)
        let table = try #require(PartitionTable(Self.guid(1), on: disk))
        var written = Self.written(table, on: disk, takesPlace: true)
        written.write(DiskWrite(at: 466, [0x83]))
        #expect(try !DiskReport(of: written).table.isMendable)
    }
}
