public import Values

/// A disk, a partition or an image of one, read by ranges.
public protocol DiskReading {
    /// Its size in bytes.
    var byteCount: UInt64 { get }
    /// The bytes of a logical sector: 512 to 4096.
    var sectorSize: Int { get }
    /// Bytes from an offset on; fewer only at the end.
    func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8]
}

/// A part of a disk, such as a partition, as a disk of its own.
struct DiskRange: DiskReading {
    let disk: any DiskReading
    let start: UInt64
    let byteCount: UInt64
    var sectorSize: Int { disk.sectorSize }

    func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8] {
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
