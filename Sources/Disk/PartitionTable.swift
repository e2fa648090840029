/// What is on a disk, as its table says.
public struct PartitionTable: Sendable, Hashable {
    public enum Kind: String, Sendable { case gpt, mbr, none }

    public struct Partition: Sendable, Hashable {
        /// From 1, as the kernel numbers it.
        public var number: Int
        /// The name of the type, or its GUID or hexadecimal number.
        public var type: String
        /// The first sector, and how many there are.
        public var start: UInt64
        public var count: UInt64
        public var guid: PartitionGUID?
        public var name: String
        /// The attributes of UEFI; of an MBR 0x80 where it is active.
        public var attributes: UInt64

        /// The last sector.
        public var last: UInt64 { start + count - 1 }
    }

    public var kind: Kind
    public var guid: PartitionGUID?
    /// The sectors that partitions may take.
    public var usable: ClosedRange<UInt64>?
    public var partitions: [Partition] = []
    /// What is wrong with it; nothing is written to such a disk.
    public var problems: [String] = []
    /// How many of the problems go when the table is written again: one copy of it holds.
    var mendableCount = 0

    /// Whether one copy holds, and writing it again mends all that is wrong.
    public var isMendable: Bool { kind == .gpt && guid != nil && mendableCount == problems.count }

    /// Whether all that there is protects a GPT that is not there (type 0xEE): the beginning of one, or what is left.
    var isProtectionOnly: Bool { kind == .mbr && !partitions.isEmpty && partitions.allSatisfy { $0.type == "ee" } }

    /// The name of the table's kind as libblkid has it; nil where there is none.
    var kindName: String? {
        switch kind {
        case .gpt: "gpt"
        case .mbr: isProtectionOnly ? nil : "dos"
        case .none: nil
        }
    }

    public var isWritable: Bool { problems.isEmpty && kind != .mbr }

    init(_ kind: Kind) { self.kind = kind }

    /// Names partitions that lie on each other or outside of what is there.
    mutating func checkExtents(on disk: any DiskReading) {
        let sectorCount = disk.byteCount / UInt64(disk.sectorSize)
        for partition in partitions {
            if let usable, !(usable.contains(partition.start) && usable.contains(partition.last)) {
                problems.append("partition \(partition.number) is outside of the usable sectors")
            } else if partition.last >= sectorCount {
                problems.append("partition \(partition.number) ends beyond the disk")
            }
        }
        let ordered = partitions.sorted { ($0.start, $0.number) < ($1.start, $1.number) }
        var furthest: Partition?
        for partition in ordered {
            if let other = furthest, partition.start <= other.last {
                problems.append("partitions \(other.number) and \(partition.number) lie on each other")
            }
            if partition.last >= furthest?.last ?? 0 { furthest = partition }
        }
    }
}
