public import Model
public import Signatures
public import SignedFiles
public import SystemCalls

/// A bundle of which only what it says of itself was read: nothing of that is believed yet.
public struct OpenBundle {
    /// The file, once all of it is there.
    let whole: () throws(HostFault) -> RangeFile
    /// Behind the first entries.
    let reader: ListedTarReader
    let head: ListedTarHead

    /// The bytes of the first entry, which the signature is of.
    public var listBytes: [UInt8] { head.listBytes }
    /// The bytes of the second one; nil where nobody has signed it.
    public var signature: [UInt8]? { head.signature }

    private static let kind = ListedTarHead.Kind(
        list: BundleList.name, signature: BundleList.signatureName, noun: "bundle", maker: "lodestar bundle",
        hint: "`lodestar bundle SITE --out FILE\(BundleSource.suffix)` makes a bundle", listLimit: BundleLimits.listSize
    )

    /// Opens a bundle and reads its first entries.
    public init(at path: String) throws(SourceFault) {
        guard let kind = LocalStatus(of: path)?.kind else {
            throw SourceFault(.missing, "expected a bundle, found no file")
        }
        guard kind == .file else { throw SourceFault(.refused, "expected a bundle, found no plain file") }
        let file: RangeFile
        do throws(HostFault) { file = try RangeFile(path) } catch { throw SourceFault(error) }
        try self.init { (offset, count) throws(HostFault) in
            try file.bytes(at: UInt64(offset), count: count)
        } whole: {
            file
        }
    }

    /// The same of one that comes piece by piece.
    ///
    /// - Parameters:
    ///   - source: hands over its bytes in their order.
    ///   - whole: the file with all of them, once they were handed over.
    public init(
        _ source: @escaping ListedTarReader.Source, whole: @escaping () throws(HostFault) -> RangeFile
    ) throws(SourceFault) {
        var reader = ListedTarReader(madeBy: Self.kind.maker, source)
        head = try ListedTarHead(Self.kind, &reader)
        (self.whole, self.reader) = (whole, reader)
    }

    /// What is to be said of who has signed it. What it says of itself is read only for somebody who counts.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - latest: when it was made at the latest, in seconds since 1970; nil where no clock says so.
    /// - Throws: for a list that is none, of somebody who counts.
    public func verdict(by policy: TrustPolicy, now: Int64, latest: Int64?) throws(SourceFault) -> Verdict {
        try policy.verdict(on: .bundle, listBytes, signature: signature, now: now) { () throws(SourceFault) in
            let list = try list()
            return (list.created, list.objection(now: now, latest: latest))
        }
    }

    /// What it says of itself, which only a verdict makes true.
    public func list() throws(SourceFault) -> BundleList { try BundleList(parsing: listBytes) }
}
