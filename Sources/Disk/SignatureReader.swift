public import Values

/// Finds signatures on a disk or a partition.
public enum SignatureReader {
    private static let headSize = 1 << 16

    /// All of them, in the order of their places: what is left of an earlier use counts as well.
    public static func signatures(on disk: any DiskReading) throws(HostFault) -> [Signature] {
        let head = try disk.bytes(at: 0, count: headSize)
        var found: [Signature] = []
        for rule in SignatureTable.rules {
            for place in rule.places {
                guard let offset = offset(of: place, on: disk) else { continue }
                let isInHead = offset + UInt64(rule.magic.count) <= UInt64(head.count)
                let isThere =
                    try isInHead
                    ? head.has(rule.magic, at: Int(offset))
                    : disk.bytes(at: offset, count: rule.magic.count) == rule.magic
                if isThere, rule.holds(head) {
                    found.append(Signature(name: rule.name, usage: rule.usage, offset: offset))
                }
            }
        }
        found += try arrays(on: disk)
        if let place = try poolLabel(on: disk) { found.append(place) }
        return found.sorted { ($0.offset, $0.name) < ($1.offset, $1.name) }
    }

    private static func offset(of place: SignatureRule.Place, on disk: any DiskReading) -> UInt64? {
        switch place {
        case .start(let offset): offset < disk.byteCount ? offset : nil
        case .end(let offset): offset <= disk.byteCount ? disk.byteCount - offset : nil
        }
    }

    /// Linux arrays with their superblock near the end: 0.90 in either order of bytes, 1.0 (md(4)).
    private static func arrays(on disk: any DiskReading) throws(HostFault) -> [Signature] {
        let old = disk.byteCount >= 1 << 17 ? (disk.byteCount & ~0xFFFF) - 0x10000 : nil
        let sectors = disk.byteCount / 512
        let new = sectors > 24 ? ((sectors - 16) & ~7) * 512 : nil
        var found: [Signature] = []
        for (offset, magics) in [
            (old, [[0xFC, 0x4E, 0x2B, 0xA9], [0xA9, 0x2B, 0x4E, 0xFC]]), (new, [[0xFC, 0x4E, 0x2B, 0xA9]]),
        ] as [(UInt64?, [[UInt8]])] {
            guard let offset, offset > 4096 else { continue }
            let bytes = try disk.bytes(at: offset, count: 4)
            if magics.contains(bytes), !found.contains(where: { $0.offset == offset }) {
                found.append(Signature(name: "linux_raid_member", usage: .raid, offset: offset))
            }
        }
        return found
    }

    /// A label of a ZFS pool: one of four, each with a ring of uberblocks in its second half (ZFS On-Disk Specification,
    /// chapter 1).
    private static func poolLabel(on disk: any DiskReading) throws(HostFault) -> Signature? {
        let size: UInt64 = 256 << 10
        guard disk.byteCount >= 4 * size else { return nil }
        let end = disk.byteCount / size * size
        let magics: [[UInt8]] = [[0x0C, 0xB1, 0xBA, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0xBA, 0xB1, 0x0C]]
        for label in [0, size, end - 2 * size, end - size] {
            let ring = try disk.bytes(at: label + size / 2, count: Int(size / 2))
            for start in stride(from: 0, to: ring.count, by: 1024)
            where magics.contains(where: { ring.has($0, at: start) }) {
                return Signature(name: "zfs_member", usage: .raid, offset: label + size / 2 + UInt64(start))
            }
        }
        return nil
    }
}
