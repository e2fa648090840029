public import Values

/// A disk, a partition or an image of one, read by ranges.
public protocol DiskReading: Sendable {
    /// Its size in bytes.
    var byteCount: UInt64 { get }
    /// The bytes of a logical sector: 512 to 4096.
    var sectorSize: Int { get }
    /// Bytes from an offset on; fewer only at the end.
    func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8]
}

/// A part of a disk, such as a partition, as a disk of its own.
public struct DiskRange: DiskReading {
    let disk: any DiskReading
    /// In bytes from the beginning of the disk.
    public let start: UInt64
    public let byteCount: UInt64
    public var sectorSize: Int { disk.sectorSize }

    init(disk: any DiskReading, start: UInt64, byteCount: UInt64) {
        self.disk = disk
        self.start = start
        self.byteCount = byteCount
    }

    /// A disk from its beginning to its end; nil where it has no sector.
    public init?(whole disk: any DiskReading) {
        if disk.byteCount < UInt64(disk.sectorSize) { return nil }
        self.init(disk: disk, start: 0, byteCount: disk.byteCount)
    }

    /// A partition, as far as the disk goes; nil for one that begins behind its end.
    public init?(_ partition: PartitionTable.Partition, of disk: any DiskReading) {
        let size = UInt64(disk.sectorSize)
        let start = partition.start.multipliedReportingOverflow(by: size)
        guard !start.overflow, start.partialValue < disk.byteCount else { return nil }
        let length = partition.count.multipliedReportingOverflow(by: size)
        let rest = disk.byteCount - start.partialValue
        self.init(
            disk: disk, start: start.partialValue, byteCount: length.overflow ? rest : min(length.partialValue, rest))
    }

    public func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8] {
        guard offset < byteCount else { return [] }
        return try disk.bytes(at: start + offset, count: Int(min(UInt64(count), byteCount - offset)))
    }
}

/// Bytes in memory as a disk.
public struct DiskBytes: DiskReading {
    public let bytes: [UInt8]
    public let sectorSize: Int

    public init(_ bytes: [UInt8], sectorSize: Int = 512) {
        self.bytes = bytes
        self.sectorSize = sectorSize
    }

    public var byteCount: UInt64 { UInt64(bytes.count) }

    public func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        guard offset < byteCount else { return [] }
        let start = Int(offset)
        return Array(bytes[start..<min(start + count, bytes.count)])
    }
}

extension [UInt8] {
    /// A number of 1 to 8 bytes, the least first; 0 beyond the end.
    func number(at offset: Int, _ count: Int) -> UInt64 {
        guard offset >= 0, offset + count <= self.count else { return 0 }
        return (0..<count).reversed().reduce(0) { $0 << 8 | UInt64(self[offset + $1]) }
    }

    /// Whether bytes stand at an offset.
    func has(_ bytes: [UInt8], at offset: Int) -> Bool {
        offset >= 0 && offset + bytes.count <= count && self[offset..<(offset + bytes.count)].elementsEqual(bytes)
    }
}
