public import Values

/// What a file system or a swap area says of itself: of the four kinds that an installation makes.
public struct FileSystemMark: Sendable, Hashable {
    public enum Kind: String, CaseIterable, Sendable {
        case ext4, xfs, vfat, swap
    }

    public var kind: Kind
    /// As blkid(8) prints it: of vfat the volume's number, such as `1A2B-3C4D`.
    public var uuid: String
    public var label: String

    public init(_ kind: Kind, uuid: String, label: String) {
        self.kind = kind
        self.uuid = uuid
        self.label = label
    }

    /// Where a superblock has its UUID and its label (ext4.h, xfs_format.h and swap.h of Linux, Microsoft's FAT specification).
    private struct Places {
        var uuid: Range<Int>, label: Range<Int>
    }

    private static func places(_ kind: Kind) -> Places {
        switch kind {
        case .ext4: Places(uuid: 1128..<1144, label: 1144..<1160)
        case .xfs: Places(uuid: 32..<48, label: 108..<120)
        case .vfat: Places(uuid: 67..<71, label: 71..<82)
        case .swap: Places(uuid: 1036..<1052, label: 1052..<1068)
        }
    }

    /// Reads the mark of a partition; nil where its signatures are not those of one of the kinds.
    public init?(on disk: any DiskReading, _ signatures: [Signature]) throws(HostFault) {
        let kinds = Set(signatures.map(\.name)).compactMap { Kind(rawValue: $0) }
        guard kinds.count == 1, let kind = kinds.first else { return nil }
        let head = try disk.bytes(at: 0, count: 4096), places = Self.places(kind)
        guard head.count == 4096, kind != .vfat || head.has(Array("FAT32   ".utf8), at: 82) else { return nil }
        self.kind = kind
        uuid = Self.text(head[places.uuid])
        let padding: UInt8 = kind == .vfat ? 0x20 : 0
        var bytes = Array(head[places.label])
        while bytes.last == padding { bytes.removeLast() }
        label = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        if kind == .vfat, label == "NO NAME" { label = "" }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        if bytes.count == 4 {
            let digits = bytes.reversed().map(\.twoDigits).joined().uppercased()
            return "\(digits.prefix(4))-\(digits.suffix(4))"
        }
        return HardwareUUID(raw: Array(bytes), isSwapped: false)?.text ?? ""
    }

    /// The UUID of a kind that derives from 16 bytes.
    public static func uuid(_ kind: Kind, from guid: PartitionGUID) -> String {
        text(kind == .vfat ? guid.bytes[..<4] : guid.bytes[...])
    }

    /// As little of a file system as is needed to be read as one: what a plan takes for what mkfs would make. A swap area is
    /// complete (swap.h of Linux, version 1, pages of 4 KiB).
    ///
    /// - Parameter byteCount: of the partition.
    public func outline(byteCount: UInt64) -> DiskWrite {
        var head = [UInt8](repeating: 0, count: 4096)
        switch kind {
        case .ext4:
            head.put([0x53, 0xEF], at: 1080)
            head.put(0x2C2, at: 1120, 4)
        case .xfs: head.put(Array("XFSB".utf8), at: 0)
        case .vfat:
            head.put([0xEB, 0x58, 0x90], at: 0)
            head.put(512, at: 11, 2)
            head.put([1, 32, 0, 2], at: 13)
            head[21] = 0xF8
            head.put(1, at: 36, 4)
            head.put(Array("FAT32   ".utf8), at: 82)
            head.put([0x55, 0xAA], at: 510)
        case .swap:
            head.put(1, at: 1024, 4)
            head.put(min(byteCount / 4096 - 1, 0xFFFF_FFFF), at: 1028, 4)
            head.put(Array("SWAPSPACE2".utf8), at: 4086)
        }
        let places = Self.places(kind)
        var bytes = [UInt8](hexadecimal: uuid.filter { $0 != "-" }.lowercased()) ?? []
        if kind == .vfat { bytes.reverse() }
        if bytes.count == places.uuid.count { head.put(bytes, at: places.uuid.lowerBound) }
        let padding: UInt8 = kind == .vfat ? 0x20 : 0
        let text = Array(label.utf8.prefix(places.label.count))
        head.put(
            text + [UInt8](repeating: padding, count: places.label.count - text.count), at: places.label.lowerBound)
        return DiskWrite(at: 0, head)
    }
}
