public import SystemFiles
public import Model

/// What an inner tar has, after each entry was looked at as whoever unpacks it will.
public struct ImageInventory {
    /// What its files take on a disk with blocks of 4 KiB, in bytes.
    public private(set) var unpackedByteCount = 0
    public private(set) var entryCount = 0
    /// The latest time of an entry, in seconds since 1970; not before that.
    public private(set) var latest: Int64 = 0

    private static let blockSize = 4096

    /// - Throws: for what no image may have: a name twice, one below something that is no folder, a hard link to nothing.
    public init(_ tar: ArchiveBytes) throws(HostFault) {
        var reader = TarReader(tar), directories: Set<[CChar]> = [], others: Set<[CChar]> = []
        while let raw = try reader.next() {
            let entry = try ImageEntry(raw)
            _ = try OwnEntries.fate(of: entry)
            entryCount += 1
            latest = max(latest, Int64(entry.time.seconds))
            let key = entry.place.whole
            if case .directory = entry.body {
                if others.contains(key) { throw ImageEntry.fault(raw.name, "is in it twice") }
                directories.insert(key)
            } else if directories.contains(key) || !others.insert(key).inserted || entry.place.isTop {
                throw ImageEntry.fault(raw.name, "is in it twice")
            }
            if !directories.contains(entry.place.parent), entry.place.ancestors.contains(where: others.contains) {
                throw ImageEntry.fault(raw.name, "lies below something that is no folder")
            }
            if case .hardLink(let target) = entry.body, !others.contains(target.whole) || target.whole == key {
                throw ImageEntry.fault(raw.name, "is a hard link to something that is no file before it")
            }
            let data = entry.segments.reduce(0) { $0 + $1.count }
            let blocks = (data + Self.blockSize - 1) / Self.blockSize
            if case .hardLink = entry.body { continue }
            if case .directory = entry.body { unpackedByteCount += Self.blockSize }
            unpackedByteCount += blocks * Self.blockSize
        }
        guard entryCount > 0 else { throw HostFault("pack", "the tar", "it has no entries") }
    }
}

extension ImageEntry.Place {
    /// All that it lies below, the nearest first.
    fileprivate var ancestors: [[CChar]] {
        var found: [[CChar]] = [], rest = parent.dropLast()
        while !rest.isEmpty {
            found.append(rest + [0])
            rest = rest.lastIndex(of: CChar(bitPattern: 0x2F)).map { rest[..<$0] } ?? []
        }
        return found
    }
}
