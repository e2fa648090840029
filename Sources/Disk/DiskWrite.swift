public import Values

/// Bytes for a place of a disk.
public struct DiskWrite: Sendable, Hashable {
    /// From the beginning of the disk, in bytes.
    public var offset: UInt64
    public var bytes: [UInt8]

    public init(at offset: UInt64, _ bytes: [UInt8]) {
        self.offset = offset
        self.bytes = bytes
    }
}

/// A disk with writes that nobody has done yet: what is read shows them.
public struct OverlaidDisk: DiskReading {
    private let below: any DiskReading
    private var writes: [DiskWrite] = []

    public init(over below: any DiskReading) { self.below = below }

    public var byteCount: UInt64 { below.byteCount }
    public var sectorSize: Int { below.sectorSize }

    public mutating func write(_ write: DiskWrite) { writes.append(write) }

    public func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8] {
        var bytes = try below.bytes(at: offset, count: count)
        let end = offset + UInt64(bytes.count)
        for write in writes where write.offset < end && write.offset + UInt64(write.bytes.count) > offset {
            let first = max(write.offset, offset), last = min(write.offset + UInt64(write.bytes.count), end)
            let source = write.bytes[Int(first - write.offset)..<Int(last - write.offset)]
            bytes.replaceSubrange(Int(first - offset)..<Int(last - offset), with: source)
        }
        return bytes
    }
}

extension [UInt8] {
    /// Puts a number of 1 to 8 bytes at an offset, the least byte first.
    mutating func put(_ value: UInt64, at offset: Int, _ count: Int) {
        for index in 0..<count { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    mutating func put(_ bytes: some Collection<UInt8>, at offset: Int) {
        replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    }
}
