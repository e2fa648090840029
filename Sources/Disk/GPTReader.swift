import Values

/// Reads a GUID partition table: both copies, each checked (UEFI 2.10 chapter 5).
struct GPTReader {
    private let disk: any DiskReading
    private let sectorSize: Int
    private let sectorCount: UInt64

    init(_ disk: any DiskReading) {
        self.disk = disk
        sectorSize = disk.sectorSize
        sectorCount = disk.byteCount / UInt64(disk.sectorSize)
    }

    /// One copy that holds.
    private struct Copy {
        var header: Header
        var entries: [UInt8]
    }

    /// The most entries that a table is read for: what a kernel reads.
    private static let greatestEntryCount = 4096

    private struct Header {
        var own: UInt64, other: UInt64, usable: ClosedRange<UInt64>, guid: PartitionGUID
        var entries: UInt64, entryCount: Int, entrySize: Int, entriesChecksum: UInt32
    }

    private struct Damage: Error {
        let reason: String
        /// Whether writing the table again mends it.
        let isMendable: Bool

        init(_ reason: String, isMendable: Bool = true) {
            self.reason = reason
            self.isMendable = isMendable
        }
    }

    /// nil where neither copy is one.
    func table() throws(HostFault) -> PartitionTable? {
        guard sectorCount > 2 else { return nil }
        let primary = try result(at: 1), problems = try mainBootRecordProblems()
        var otherPlace = sectorCount - 1
        if case .success(let copy)? = primary, copy.header.other < sectorCount { otherPlace = copy.header.other }
        let backup = try result(at: otherPlace)
        var table = PartitionTable(.gpt)
        let chosen: Copy
        switch (primary, backup) {
        case (nil, nil): return nil
        case (.success(let copy)?, _): chosen = copy
        case (_, .success(let copy)?): chosen = copy
        case (.failure(let damage)?, _), (nil, .failure(let damage)?):
            table.problems = ["neither copy can be read: \(damage.reason)"]
            return table
        }
        read(chosen, into: &table)
        if primary == nil { table.problems.append("the first copy is not there") }
        if case .failure(let damage)? = primary { table.problems.append("the first copy: \(damage.reason)") }
        if backup == nil { table.problems.append("the second copy is not at sector \(otherPlace)") }
        if case .failure(let damage)? = backup { table.problems.append("the second copy: \(damage.reason)") }
        if case .success(let first)? = primary, case .success(let second)? = backup {
            if !areAlike(first, second) { table.problems.append("the two copies differ") }
        }
        table.mendableCount = table.problems.count
        if case .success(let first)? = primary, case .success? = backup, first.header.other != sectorCount - 1 {
            table.problems.append("the second copy is not at the end of the disk")
        }
        table.problems += problems.map(\.reason)
        table.mendableCount += problems.count { $0.isMendable }
        table.checkExtents(on: disk)
        return table
    }

    /// nil where there is no header.
    private func result(at place: UInt64) throws(HostFault) -> Result<Copy, Damage>? {
        let sector = try disk.bytes(at: place * UInt64(sectorSize), count: sectorSize)
        guard sector.has(Array("EFI PART".utf8), at: 0) else { return nil }
        let header: Header
        do throws(Damage) { header = try self.header(sector, at: place) } catch { return .failure(error) }
        let size = header.entryCount * header.entrySize
        let entries = try disk.bytes(at: header.entries * UInt64(sectorSize), count: size)
        guard entries.count == size else { return .failure(Damage("its entries are beyond the disk")) }
        guard CRC32.checksum(entries) == header.entriesChecksum else {
            return .failure(Damage("the checksum of its entries is wrong"))
        }
        return .success(Copy(header: header, entries: entries))
    }

    private func header(_ sector: [UInt8], at place: UInt64) throws(Damage) -> Header {
        guard sector.number(at: 8, 4) == 0x0001_0000 else { throw Damage("its revision is not 1.0") }
        let size = Int(sector.number(at: 12, 4))
        guard (92...sectorSize).contains(size) else { throw Damage("its header has \(size) bytes") }
        var checked = Array(sector[..<size])
        checked.replaceSubrange(16..<20, with: [0, 0, 0, 0])
        guard CRC32.checksum(checked) == UInt32(sector.number(at: 16, 4)) else {
            throw Damage("the checksum of its header is wrong")
        }
        let own = sector.number(at: 24, 8), first = sector.number(at: 40, 8), last = sector.number(at: 48, 8)
        guard own == place else { throw Damage("its header says that it is at sector \(own)") }
        guard first <= last, last < sectorCount else { throw Damage("its usable sectors are beyond the disk") }
        let count = sector.number(at: 80, 4), entrySize = sector.number(at: 84, 4)
        guard (1...UInt64(Self.greatestEntryCount)).contains(count) else { throw Damage("it has \(count) entries") }
        guard entrySize >= 128, entrySize <= 4096, entrySize & (entrySize - 1) == 0 else {
            throw Damage("its entries have \(entrySize) bytes")
        }
        let entries = sector.number(at: 72, 8), bytes = count * entrySize
        let end = entries.addingReportingOverflow((bytes + UInt64(sectorSize) - 1) / UInt64(sectorSize))
        guard entries >= 2, !end.overflow, end.partialValue <= sectorCount else {
            throw Damage("its entries are beyond the disk")
        }
        guard end.partialValue <= first || entries > last else { throw Damage("its entries lie on usable sectors") }
        return Header(
            own: own, other: sector.number(at: 32, 8), usable: first...last, guid: PartitionGUID(sector[56..<72]),
            entries: entries, entryCount: Int(count), entrySize: Int(entrySize),
            entriesChecksum: UInt32(sector.number(at: 88, 4)))
    }

    private func areAlike(_ first: Copy, _ second: Copy) -> Bool {
        first.entries == second.entries && first.header.guid == second.header.guid
            && first.header.usable == second.header.usable && second.header.other == first.header.own
    }

    private func read(_ copy: Copy, into table: inout PartitionTable) {
        table.guid = copy.header.guid
        table.usable = copy.header.usable
        for index in 0..<copy.header.entryCount {
            let entry = Array(copy.entries[(index * copy.header.entrySize)...].prefix(copy.header.entrySize))
            let type = PartitionGUID(entry[0..<16])
            if type.isZero { continue }
            let start = entry.number(at: 32, 8), last = entry.number(at: 40, 8)
            guard start <= last, last < UInt64.max else {
                table.problems.append("partition \(index + 1) ends before it begins")
                continue
            }
            let units = stride(from: 56, to: 128, by: 2).map { UInt16(entry.number(at: $0, 2)) }.prefix { $0 != 0 }
            table.partitions.append(
                PartitionTable.Partition(
                    number: index + 1, type: type.typeName, start: start,
                    count: last - start + 1, guid: PartitionGUID(entry[16..<32]),
                    name: String(decoding: units, as: UTF16.self), attributes: entry.number(at: 48, 8)))
        }
        let guids = table.partitions.compactMap(\.guid)
        if Set(guids).count < guids.count { table.problems.append("two partitions have one GUID") }
    }

    /// The MBR before a GPT must protect it, and nothing else.
    private func mainBootRecordProblems() throws(HostFault) -> [Damage] {
        let sector = try disk.bytes(at: 0, count: sectorSize)
        guard sector.has([0x55, 0xAA], at: 510) else { return [Damage("the protective MBR is not there")] }
        let types = [450, 466, 482, 498].map { (place: Int) -> UInt8 in sector[place] }.filter { $0 != 0 }
        guard types.contains(0xEE) else { return [Damage("the MBR does not protect the table", isMendable: false)] }
        return types.count > 1 ? [Damage("a hybrid MBR", isMendable: false)] : []
    }
}
