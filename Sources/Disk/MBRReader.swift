import Values

/// Reads a table of the BIOS's time, with its logical partitions.
struct MBRReader {
    private let disk: any DiskReading
    /// What stands on the whole disk.
    private let signatures: [Signature]

    init(_ disk: any DiskReading, with signatures: [Signature]) { (self.disk, self.signatures) = (disk, signatures) }

    private static let extended: Set<UInt8> = [0x05, 0x0F, 0x85]
    /// The most logical partitions; a chain that goes on is a ring.
    private static let greatestChain = 128

    /// nil where there is none, or a file system's boot sector stands in its place.
    func table() throws(HostFault) -> PartitionTable? {
        let sector = try disk.bytes(at: 0, count: 512)
        guard sector.has([0x55, 0xAA], at: 510) else { return nil }
        let entries = (0..<4).map { Entry(sector, $0) }
        guard entries.allSatisfy({ $0.status == 0 || $0.status == 0x80 }), entries.contains(where: { $0.type != 0 })
        else {
            return nil
        }
        if signatures.contains(where: { $0.offset < 512 && $0.usage == .fileSystem }) { return nil }
        var table = PartitionTable(.mbr)
        for (index, entry) in entries.enumerated() where entry.type != 0 {
            guard entry.count > 0 else {
                table.problems.append("partition \(index + 1) has no sectors")
                continue
            }
            table.partitions.append(entry.partition(index + 1, from: 0))
        }
        let outer = table.partitions
        table.checkExtents(on: disk)
        for partition in outer where Self.extended.contains(entries[partition.number - 1].type) {
            try readChain(partition, into: &table)
        }
        return table
    }

    private func readChain(_ outer: PartitionTable.Partition, into table: inout PartitionTable) throws(HostFault) {
        var place = outer.start, number = 5
        for _ in 0..<Self.greatestChain {
            let sector = try disk.bytes(at: place * UInt64(disk.sectorSize), count: 512)
            guard sector.has([0x55, 0xAA], at: 510) else {
                table.problems.append("the chain of logical partitions is broken at sector \(place)")
                return
            }
            let own = Entry(sector, 0), next = Entry(sector, 1)
            if own.type != 0, own.count > 0 {
                let partition = own.partition(number, from: place)
                if partition.last > outer.last { table.problems.append("partition \(number) leaves the extended one") }
                table.partitions.append(partition)
                number += 1
            }
            guard next.type != 0, next.count > 0 else { return }
            place = outer.start + next.start
            guard place <= outer.last else {
                table.problems.append("the chain of logical partitions leaves the extended one")
                return
            }
        }
        table.problems.append("the chain of logical partitions has no end")
    }

    private struct Entry {
        let status: UInt8, type: UInt8, start: UInt64, count: UInt64

        init(_ sector: [UInt8], _ index: Int) {
            let base = 446 + index * 16
            status = sector[base]
            type = sector[base + 4]
            start = sector.number(at: base + 8, 4)
            count = sector.number(at: base + 12, 4)
        }

        func partition(_ number: Int, from base: UInt64) -> PartitionTable.Partition {
            PartitionTable.Partition(
                number: number, type: String(type, radix: 16), start: base + start, count: count, guid: nil, name: "",
                attributes: UInt64(status))
        }
    }
}
