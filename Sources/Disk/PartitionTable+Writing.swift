/// Making a table, and the bytes of it (UEFI 2.10 chapter 5).
extension PartitionTable {
    private static let entryCount = 128, entrySize = 128
    /// Where partitions begin and end: at multiples of so many bytes.
    private static let alignment: UInt64 = 1 << 20
    /// An attribute that types may use as they like (UEFI 2.10 table 5.8, bits 48 to 63): no type that Lodestar makes knows
    /// this one. It stands while what belongs into a partition is not all there yet.
    public static let unfinished: UInt64 = 1 << 57
    /// Another one: it comes when the image or the boot loader of an installation is all there.
    public static let filled: UInt64 = 1 << 56

    /// A table without partitions; nil for a disk that is too small for one.
    public init?(_ guid: PartitionGUID, on disk: any DiskReading) {
        let sectorCount = disk.byteCount / UInt64(disk.sectorSize)
        let entries = Self.entrySectors(disk.sectorSize)
        guard sectorCount > 2 * entries + 3 + Self.alignment / UInt64(disk.sectorSize) else { return nil }
        self.init(.gpt)
        self.guid = guid
        usable = (2 + entries)...(sectorCount - entries - 2)
    }

    private static func entrySectors(_ sectorSize: Int) -> UInt64 { UInt64(entryCount * entrySize / sectorSize) }

    /// Appends a partition behind the last one.
    ///
    /// - Parameter byteCount: rounded up to whole MiB; nil: all that is left.
    /// - Returns: its number; nil where there is no room.
    public mutating func add(
        _ guid: PartitionGUID, type: String, name: String, byteCount: UInt64?, attributes: UInt64 = 0, sectorSize: Int
    ) -> Int? {
        let step = Self.alignment / UInt64(sectorSize)
        guard let usable, kind == .gpt, PartitionGUID(typeName: type) != nil else { return nil }
        let end = partitions.map { $0.start + $0.count }.max() ?? 0
        let start = (max(end, usable.lowerBound) + step - 1) / step * step
        // The first sector behind the last whole MiB.
        let limit = (usable.upperBound + 1) / step * step
        guard start < limit else { return nil }
        var count = limit - start
        if let byteCount {
            let wanted = (byteCount / Self.alignment + (byteCount % Self.alignment == 0 ? 0 : 1)) * step
            guard wanted > 0, wanted <= count else { return nil }
            count = wanted
        }
        let number = (1...Self.entryCount).first { number in !partitions.contains { $0.number == number } }
        guard let number else { return nil }
        partitions.append(
            Partition(
                number: number, type: type, start: start, count: count, guid: guid, name: name, attributes: attributes))
        return number
    }

    /// What makes a disk bear this table, in stages: each must be durable before the next begins. Whatever is lost or torn
    /// then, one copy holds as soon as the first stage is done.
    ///
    /// - Parameter takesPlace: whether what was there before goes first, so that nobody boots it any more.
    public func writes(on disk: any DiskReading, takesPlace: Bool) -> [[DiskWrite]] {
        guard let guid, let usable else { return [] }
        let size = UInt64(disk.sectorSize), last = disk.byteCount / size - 1
        let sectors = Self.entrySectors(disk.sectorSize), entries = entryBytes
        func header(at own: UInt64, other: UInt64, entriesAt place: UInt64) -> DiskWrite {
            DiskWrite(
                at: own * size, Self.header(guid, usable, own, other, place, entries, sectorSize: disk.sectorSize))
        }
        let zeros = [UInt8](repeating: 0, count: disk.sectorSize)
        let protection = DiskWrite(at: 0, Self.protection(sectorCount: last + 1, sectorSize: disk.sectorSize))
        let cleared = takesPlace ? [[protection, DiskWrite(at: size, zeros), DiskWrite(at: last * size, zeros)]] : []
        return cleared + [
            [DiskWrite(at: (last - sectors) * size, entries)],
            [header(at: last, other: 1, entriesAt: last - sectors)],
            [DiskWrite(at: 2 * size, entries)],
            // The code of a boot loader in front of the MBR's own entries stays.
            [DiskWrite(at: 440, Array(protection.bytes[440..<512])), header(at: 1, other: last, entriesAt: 2)],
        ]
    }

    private var entryBytes: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.entryCount * Self.entrySize)
        for partition in partitions where (1...Self.entryCount).contains(partition.number) {
            let offset = (partition.number - 1) * Self.entrySize
            bytes.put((PartitionGUID(typeName: partition.type) ?? .zero).bytes, at: offset)
            bytes.put((partition.guid ?? .zero).bytes, at: offset + 16)
            bytes.put(partition.start, at: offset + 32, 8)
            bytes.put(partition.last, at: offset + 40, 8)
            bytes.put(partition.attributes, at: offset + 48, 8)
            for (index, unit) in partition.name.utf16.prefix(36).enumerated() {
                bytes.put(UInt64(unit), at: offset + 56 + 2 * index, 2)
            }
        }
        return bytes
    }

    private static func header(
        _ guid: PartitionGUID, _ usable: ClosedRange<UInt64>, _ own: UInt64, _ other: UInt64, _ entriesPlace: UInt64,
        _ entries: [UInt8], sectorSize: Int
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: sectorSize)
        bytes.put(Array("EFI PART".utf8), at: 0)
        bytes.put(0x0001_0000, at: 8, 4)
        bytes.put(92, at: 12, 4)
        bytes.put(own, at: 24, 8)
        bytes.put(other, at: 32, 8)
        bytes.put(usable.lowerBound, at: 40, 8)
        bytes.put(usable.upperBound, at: 48, 8)
        bytes.put(guid.bytes, at: 56)
        bytes.put(entriesPlace, at: 72, 8)
        bytes.put(UInt64(entryCount), at: 80, 4)
        bytes.put(UInt64(entrySize), at: 84, 4)
        bytes.put(UInt64(CRC32.checksum(entries)), at: 88, 4)
        bytes.put(UInt64(CRC32.checksum(bytes[..<92])), at: 16, 4)
        return bytes
    }

    /// The protective MBR (UEFI 2.10 §5.2.3): one partition of all sectors, and no code to boot.
    private static func protection(sectorCount: UInt64, sectorSize: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: sectorSize)
        bytes.put([0x00, 0x00, 0x02, 0x00, 0xEE, 0xFF, 0xFF, 0xFF], at: 446)
        bytes.put(1, at: 454, 4)
        bytes.put(min(sectorCount - 1, 0xFFFF_FFFF), at: 458, 4)
        bytes.put([0x55, 0xAA], at: 510)
        return bytes
    }
}
