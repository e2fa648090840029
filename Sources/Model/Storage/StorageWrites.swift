public import Disk

/// What steps write to disks: the same for a real host and for one in memory. Each list is one stage, durable before the next.
public struct StorageWrites: Sendable {
    public var disk: DiskIdentity
    public var stages: [[DiskWrite]]

    public init(disk: DiskIdentity, stages: [[DiskWrite]]) {
        self.disk = disk
        self.stages = stages
    }

    private static let margin: UInt64 = 1 << 20

    /// Where signatures lie: both ends of a range, and every place where one was found.
    fileprivate static func clearing(_ range: DiskRange, _ signatures: [Signature]) -> [DiskWrite] {
        let size = range.byteCount
        var places = size <= 2 * margin ? [(UInt64(0), size)] : [(UInt64(0), margin), (size - margin, margin)]
        for mark in signatures {
            let start = mark.offset / 4096 * 4096
            places.append((start, min(4096, size - start)))
        }
        return places.map { offset, count in
            DiskWrite(at: range.start + offset, [UInt8](repeating: 0, count: Int(count)))
        }
    }
}

extension StorageReading {
    /// The writes that take a disk.
    ///
    /// - Throws: where it is in use, or holds what nobody planned to destroy.
    public func writes(_ taking: DiskTaking) throws(HostFault) -> StorageWrites {
        let disk = try disk(taking.disk), report = try DiskReport(of: disk)
        if let user = try users(of: taking.disk).first {
            throw HostFault("take", taking.disk.text, "it is in use: \(user)")
        }
        let strange = report.contents.subtracting(taking.destroyed).sorted()
        guard strange.isEmpty else {
            throw HostFault("take", taking.disk.text, "it holds \(strange.joined(separator: ", ")) by now")
        }
        guard let table = PartitionTable(taking.guid, on: disk) else {
            throw HostFault("take", taking.disk.text, "it is too small")
        }
        let clearing = StorageWrites.clearing(of: disk, report)
        var stages = table.writes(on: disk, takesPlace: true)
        stages.insert(clearing, at: 1)
        return StorageWrites(disk: taking.disk, stages: stages)
    }

    /// The writes that make both copies of a table alike.
    public func writesMending(_ guid: PartitionGUID) throws(HostFault) -> StorageWrites {
        guard let (identity, report) = try disk(withTable: guid), report.table.isMendable else {
            throw HostFault("mend", "the table \(guid.text)", "no copy of it holds any more")
        }
        return StorageWrites(disk: identity, stages: report.table.writes(on: try disk(identity), takesPlace: false))
    }

    /// The writes that add a partition, at the end of those that there are.
    public func writes(_ addition: PartitionAddition) throws(HostFault) -> StorageWrites {
        guard let (identity, report) = try disk(withTable: addition.table) else {
            throw HostFault("add", "the partition \(addition.name)", "its disk has no table of this installation")
        }
        var table = report.table
        guard table.isWritable else {
            throw HostFault("add", "the partition \(addition.name)", table.problems.joined(separator: "; "))
        }
        let attributes = addition.isUnfinished ? PartitionTable.unfinished : 0
        let number = table.add(
            addition.guid, type: addition.type, name: addition.name, byteCount: addition.byteCount,
            attributes: attributes, sectorSize: identity.sectorSize)
        guard number != nil else {
            throw HostFault("add", "the partition \(addition.name)", "there is no room for it on \(identity.path)")
        }
        return StorageWrites(disk: identity, stages: table.writes(on: try disk(identity), takesPlace: false))
    }

    /// The writes that say that what belongs into a partition is all there.
    public func writesFilling(_ guid: PartitionGUID) throws(HostFault) -> StorageWrites {
        guard let found = try partition(guid), !found.isUnfinished else {
            throw HostFault("complete", "a partition", "it is not there, or has no file system yet")
        }
        return try writes(changing: found) { $0 |= PartitionTable.filled }
    }

    private func writes(
        changing found: FoundPartition, _ change: (inout UInt64) -> Void
    ) throws(HostFault) -> StorageWrites {
        var table = found.table
        for index in table.partitions.indices where table.partitions[index].guid == found.partition.guid {
            change(&table.partitions[index].attributes)
        }
        return StorageWrites(disk: found.disk, stages: table.writes(on: try disk(found.disk), takesPlace: false))
    }

    /// The writes before a file system is made: nothing of an earlier use is left.
    ///
    /// - Returns: also the partition.
    public func writesBefore(_ making: FileSystemMaking) throws(HostFault) -> (FoundPartition, StorageWrites) {
        guard let found = try partition(making.partition), found.isUnfinished else {
            throw HostFault("make", "a file system", "its partition is complete already")
        }
        return (
            found, StorageWrites(disk: found.disk, stages: [StorageWrites.clearing(found.range, found.signatures)])
        )
    }

    /// The writes that make a partition count as complete.
    public func writesAfter(_ making: FileSystemMaking) throws(HostFault) -> StorageWrites {
        guard let found = try partition(making.partition), found.mark == making.mark else {
            throw HostFault("make", "a file system", "what was made is not what was asked for")
        }
        return try writes(changing: found) { $0 &= ~PartitionTable.unfinished }
    }
}

extension StorageWrites {
    /// The writes that take all signatures from a disk and from its partitions.
    fileprivate static func clearing(of disk: any DiskReading, _ report: DiskReport) -> [DiskWrite] {
        let parts = report.table.partitions.flatMap { partition -> [DiskWrite] in
            guard let range = DiskRange(partition, of: disk) else { return [] }
            return clearing(range, report.partitionSignatures[partition.number] ?? [])
        }
        guard let whole = DiskRange(whole: disk) else { return parts }
        return parts + clearing(whole, report.signatures)
    }
}
