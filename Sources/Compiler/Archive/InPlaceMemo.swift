public import Model

/// Everything that a run read which found all in place: while nothing of it changes, all is still in place.
///
/// Only the declarations that must be observed each time are kept of the catalog.
public struct InPlaceMemo {
    /// The catalog's digest and inputs, with nothing but the volatile declarations.
    public let archive: CatalogArchive
    public let inPlaceCount: Int
    public let signatures: [AbsolutePath: PathSignature?]

    private static let magic = "lodestar settled 2"

    /// - Parameter volatile: the positions that must be observed each time.
    public init(
        of archive: CatalogArchive, volatile: [Int], inPlaceCount: Int, signatures: [AbsolutePath: PathSignature?]
    ) {
        var catalog = archive.catalog
        catalog.declarations = volatile.map { archive.catalog.declarations[$0] }
        catalog.edges = []
        self.archive = CatalogArchive(inputs: archive.inputs, catalog: catalog)
        self.inPlaceCount = inPlaceCount
        self.signatures = signatures
    }

    /// The memo in bytes, if its inputs still hold; nil otherwise, and for what was not written to its end.
    public init?(
        _ bytes: [UInt8], types: [ResourceType], of site: (any SiteReader)? = nil,
        where holds: (CatalogArchive.Inputs) -> Bool
    ) {
        let memo = bytes.withUnsafeBytes { buffer -> InPlaceMemo? in
            var reader = ByteReader(buffer, site: site)
            guard Checksum.holds(&reader, over: buffer), reader.text() == Self.magic,
                let archive = CatalogArchive(&reader, types, holds)
            else { return nil }
            let inPlaceCount = reader.number(), signatures = Self.signatures(&reader)
            guard !reader.isBroken, reader.isAtEnd else { return nil }
            return InPlaceMemo(archive, inPlaceCount, signatures)
        }
        guard let memo else { return nil }
        self = memo
    }

    private init(
        _ archive: CatalogArchive, _ inPlaceCount: Int, _ signatures: [AbsolutePath: PathSignature?]
    ) {
        self.archive = archive
        self.inPlaceCount = inPlaceCount
        self.signatures = signatures
    }

    public var bytes: [UInt8] {
        var body = ByteWriter()
        body.write(Self.magic)
        archive.write(to: &body)
        body.write(inPlaceCount)
        body.write(signatures.count)
        for (path, signature) in signatures.sorted(by: { $0.key < $1.key }) {
            body.write(path.text)
            body.write(signature?.numbers.count ?? 0)
            for number in signature?.numbers ?? [] { body.write(number) }
        }
        return Checksum.before(body.bytes)
    }

    private static func signatures(_ reader: inout ByteReader) -> [AbsolutePath: PathSignature?] {
        let count = reader.count()
        var signatures: [AbsolutePath: PathSignature?] = [:]
        signatures.reserveCapacity(count)
        for _ in 0..<count where !reader.isBroken {
            guard let path = AbsolutePath(reader.text()) else { continue }
            let numbers = (0..<reader.count()).map { _ in reader.number() }
            signatures[path] = .some(PathSignature(numbers: numbers))
        }
        return signatures
    }
}
