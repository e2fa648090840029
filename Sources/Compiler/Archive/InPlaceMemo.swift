public import Model

/// Everything that a run read which found all in place: while nothing of it changes, all is still in place.
///
/// Only the declarations that must be observed each time are kept of the catalog.
public struct InPlaceMemo {
    /// The catalog's digest and inputs, with nothing but the volatile declarations.
    public let archive: CatalogArchive
    public let inPlaceCount: Int
    /// What was found at the paths that were read.
    public let records: [PathRecord]

    private static let magic = "lodestar settled 3"

    /// - Parameter volatile: the positions that must be observed each time.
    public init(
        of archive: CatalogArchive, volatile: [Int], inPlaceCount: Int, records: [PathRecord]
    ) {
        var catalog = archive.catalog
        catalog.declarations = volatile.map { archive.catalog.declarations[$0] }
        catalog.edges = []
        self.archive = CatalogArchive(
            inputs: archive.inputs, catalog: catalog, holdsSecrets: archive.holdsSecrets)
        self.inPlaceCount = inPlaceCount
        self.records = records
    }

    /// Whether something of a secret is in it: the digest of a file that holds one tells who guesses that the guess is right.
    public var holdsSecrets: Bool { archive.holdsSecrets }

    /// The memo in bytes, if its inputs still hold; nil otherwise, and for what was not written to its end.
    public init?(
        _ bytes: [UInt8], types: CatalogArchive.Types, of site: (any SiteReader)? = nil,
        where holds: (CatalogArchive.Inputs) -> Bool
    ) {
        let memo = bytes.withUnsafeBytes { buffer -> InPlaceMemo? in
            var reader = ByteReader(buffer, site: site)
            guard Checksum.holds(&reader, over: buffer), reader.text() == Self.magic,
                let archive = CatalogArchive(&reader, types, holds)
            else { return nil }
            let inPlaceCount = reader.number(), records = Self.records(&reader)
            guard !reader.isBroken, reader.isAtEnd else { return nil }
            return InPlaceMemo(archive, inPlaceCount, records)
        }
        guard let memo else { return nil }
        self = memo
    }

    private init(_ archive: CatalogArchive, _ inPlaceCount: Int, _ records: [PathRecord]) {
        self.archive = archive
        self.inPlaceCount = inPlaceCount
        self.records = records
    }

    public var bytes: [UInt8] {
        var body = ByteWriter()
        body.write(Self.magic)
        archive.write(to: &body)
        body.write(inPlaceCount)
        body.write(records.count)
        for record in records {
            body.write(record.path.text)
            body.write(record.content?.bytes ?? [])
            body.write(record.signature == nil ? 0 : 1)
            for number in record.signature?.numbers ?? [] { body.write(number) }
        }
        return Checksum.before(body.bytes)
    }

    private static func records(_ reader: inout ByteReader) -> [PathRecord] {
        let count = reader.count()
        var records: [PathRecord] = []
        records.reserveCapacity(count)
        for _ in 0..<count where !reader.isBroken {
            let path = reader.text(), content = reader.data()
            guard let path = AbsolutePath(path), content.isEmpty || content.count == 32 else { continue }
            records.append(
                PathRecord(path: path, signature: reader.signature(), content: Digest(bytes: content)))
        }
        return records.count == count ? records : reader.broken([])
    }
}

extension ByteReader {
    /// nil where nothing was at the path.
    fileprivate mutating func signature() -> PathSignature? {
        if number() == 0 { return nil }
        return PathSignature(
            device: number(), inode: number(), mode: number(), owner: number(), group: number(), byteCount: number(),
            modified: number(), changed: number())
    }
}
