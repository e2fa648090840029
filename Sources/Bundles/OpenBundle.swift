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
    private let reader: BundleReader
    /// Their headers, which cannot be compared before the list is read.
    private var heads: [(name: String, block: [UInt8], byteCount: Int, offset: Int)] = []

    /// Opens a bundle and reads its first entries.
    public init(at path: String) throws(SourceFault) {
        guard let kind = LocalStatus(of: path)?.kind else {
            throw SourceFault(.missing, "expected a bundle, found no file")
        }
        guard kind == .file else { throw SourceFault(.refused, "expected a bundle, found no plain file") }
        do throws(HostFault) { file = try RangeFile(path) } catch { throw SourceFault(error) }
        var reader = BundleReader(file)
        let block = try reader.block("`\(BundleList.name)`, the first entry of a bundle")
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
        self.reader = reader
    }

    private typealias Head = (name: String, block: [UInt8], byteCount: Int, offset: Int)

    private static func bytes(
        _ name: String, _ block: [UInt8], limit: Int, _ reader: inout BundleReader
    ) throws(SourceFault) -> ([UInt8], [Head]) {
        let found = FoundEntry(block), start = reader.offset - TarHeader.blockSize
        guard found.isFile, found.name == name else {
            throw reader.fault(
                "expected `\(name)`, the first entry of a bundle, found \(found.text)", at: start,
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

    /// Reads all of it, each file against its digest.
    ///
    /// - Parameters:
    ///   - signer: who has signed it; nil where nobody was asked.
    ///   - copy: is handed all bytes in their order, each after it was looked at.
    /// - Throws: for anything that is not as the list says, which names the entry and the byte.
    public func site(
        signedBy signer: String? = nil, copy: ([UInt8]) throws(HostFault) -> Void = { _ in }
    ) throws(SourceFault) -> BundleSite {
        let list = try list()
        var reader = reader
        if signer != nil { reader.faultKind = .untrusted }
        func put(_ bytes: [UInt8]) throws(SourceFault) {
            do throws(HostFault) { try copy(bytes) } catch { throw SourceFault(error) }
        }
        func putZeros(after byteCount: Int) throws(SourceFault) {
            try put([UInt8](repeating: 0, count: TarHeader.padding(after: byteCount)))
        }
        for head in heads {
            let block = TarHeader.block(
                ofFile: Array(head.name.utf8), mode: 0o644, byteCount: head.byteCount, time: Int(list.created))
            guard block == head.block else {
                throw reader.fault(
                    "expected the header of `\(head.name)` as `lodestar bundle` writes it, found other bytes",
                    at: head.offset)
            }
            try put(head.block)
            try put(head.name == BundleList.name ? listBytes : signature ?? [])
            try putZeros(after: head.byteCount)
        }
        var places: [Int] = []
        for (position, file) in list.files.enumerated() {
            try check(file, position, of: list, &reader, put)
            places.append(reader.offset - file.byteCount - TarHeader.padding(after: file.byteCount))
            try putZeros(after: file.byteCount)
        }
        try reader.end()
        try put([UInt8](repeating: 0, count: 2 * TarHeader.blockSize))
        return BundleSite(list, at: places, in: self.file, signer: signer)
    }

    /// Reads one entry.
    private func check(
        _ file: BundleList.File, _ position: Int, of list: BundleList, _ reader: inout BundleReader,
        _ put: ([UInt8]) throws(SourceFault) -> Void
    ) throws(SourceFault) {
        let start = reader.offset, name = "`\(file.path.printableLine(columns: 80))`"
        let block = try reader.block(name)
        let wanted = TarHeader.block(
            ofFile: Array(file.path.utf8), mode: file.mode, byteCount: file.byteCount, time: Int(list.created))
        guard block == wanted else {
            throw reader.fault(
                "expected \(name), found \(Self.difference(of: block, from: file, position, list))", at: start)
        }
        try put(block)
        var hash = RunningDigest()
        try reader.content(name, file.byteCount) { (piece) throws(SourceFault) in
            hash.add(piece)
            try put(piece)
        }
        guard hash.value == file.sha256 else {
            throw reader.fault("expected the bytes of \(name) that its list says, found others", at: start)
        }
    }

    private static func difference(
        of block: [UInt8], from file: BundleList.File, _ position: Int, _ list: BundleList
    ) -> String {
        let found = FoundEntry(block)
        guard found.isFile, let name = found.name else { return found.text }
        guard name.utf8.elementsEqual(file.path.utf8) else {
            guard let other = list.files.firstIndex(where: { $0.path.utf8.elementsEqual(name.utf8) }) else {
                return "\(found.text), which is not in its list"
            }
            return other < position ? "\(found.text) a second time" : "\(found.text), which comes later"
        }
        if found.byteCount != file.byteCount {
            return "it with \(found.byteCount.map { "\($0)" } ?? "no number of") bytes instead of \(file.byteCount)"
        }
        return "it with another mode, owner, time or padding than a bundle has"
    }
}
