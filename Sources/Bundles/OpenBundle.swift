import HostFiles
public import Model
public import Signatures
import SystemCalls

/// A bundle of which only what it says of itself was read: nothing of that is believed yet.
public struct OpenBundle {
    /// The bytes of the first entry, which the signature is of.
    public let listBytes: [UInt8]
    /// The bytes of the second one; nil where nobody has signed it.
    public let signature: [UInt8]?
    let file: RangeFile
    /// Behind the first entries.
    let reader: BundleReader
    /// Their headers, which cannot be compared before the list is read.
    let heads: [Head]

    typealias Head = (name: String, block: [UInt8], byteCount: Int, offset: Int)

    /// Opens a bundle and reads its first entries.
    public init(at path: String) throws(SourceFault) {
        guard let kind = LocalStatus(of: path)?.kind else {
            throw SourceFault(.missing, "expected a bundle, found no file")
        }
        guard kind == .file else { throw SourceFault(.refused, "expected a bundle, found no plain file") }
        do throws(HostFault) { file = try RangeFile(path) } catch { throw SourceFault(error) }
        var reader = BundleReader(file)
        let block = try reader.block("`\(BundleList.name)`, with which a bundle begins")
        var heads: [Head]
        (listBytes, heads) = try Self.bytes(BundleList.name, block, limit: BundleLimits.listSize, &reader)
        var behind = reader
        let next = try behind.block("`\(BundleList.signatureName)` or a file")
        if FoundEntry(next).name == BundleList.signatureName {
            let (bytes, head) = try Self.bytes(
                BundleList.signatureName, next, limit: BundleLimits.signatureSize, &behind)
            (signature, reader) = (bytes, behind)
            heads += head
        } else {
            signature = nil
        }
        (self.reader, self.heads) = (reader, heads)
    }

    private static func bytes(
        _ name: String, _ block: [UInt8], limit: Int, _ reader: inout BundleReader
    ) throws(SourceFault) -> ([UInt8], [Head]) {
        let found = FoundEntry(block), start = reader.offset - TarHeader.blockSize
        guard found.isFile, found.name == name else {
            throw reader.fault(
                "expected `\(name)`, with which a bundle begins, found \(found.text)", at: start,
                hint: "`lodestar bundle SITE --out FILE\(BundleSource.suffix)` makes a bundle")
        }
        guard let byteCount = found.byteCount, byteCount <= limit else {
            throw reader.fault("expected `\(name)` of at most \(limit >> 10) KiB, found more", at: start)
        }
        var bytes: [UInt8] = []
        try reader.content("`\(name)`", byteCount) { bytes += $0 }
        return (bytes, [(name, block, byteCount, start)])
    }

    /// What is to be said of who has signed it. What it says of itself is read only for somebody who counts.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - latest: when it was made at the latest, in seconds since 1970; nil where no clock says so.
    /// - Throws: for a list that is none, of somebody who counts.
    public func verdict(by policy: TrustPolicy, now: Int64, latest: Int64?) throws(SourceFault) -> Verdict {
        try policy.verdict(onBundle: listBytes, signature: signature, now: now) { () throws(SourceFault) in
            let list = try list()
            return (list.created, list.objection(now: now, latest: latest))
        }
    }

    /// What it says of itself, which only a verdict makes true.
    public func list() throws(SourceFault) -> BundleList { try BundleList(parsing: listBytes) }
}
