public import Model
public import Signatures
public import SignedFiles
import SystemCalls

/// An image of which only what it says of itself was read: nothing of that is believed yet.
public struct OpenImage {
    /// Behind the first entries.
    let reader: ListedTarReader
    let head: ListedTarHead

    /// The bytes of the first entry, which the signature is of.
    public var listBytes: [UInt8] { head.listBytes }
    /// The bytes of the second one; nil where nobody has signed it.
    public var signature: [UInt8]? { head.signature }

    private static let kind = ListedTarHead.Kind(
        list: ImageList.entryName, signature: ImageList.signatureName, noun: "image", maker: "lodestar image pack",
        hint: "`lodestar image pack ROOT --out FILE\(ImageList.suffix)` makes an image", listLimit: 32 << 20)

    /// Reads the first entries of an image that comes from anywhere; what follows is read when its chunks are.
    public init(_ source: @escaping ListedTarReader.Source) throws(SourceFault) {
        var reader = ListedTarReader(madeBy: Self.kind.maker, source)
        head = try ListedTarHead(Self.kind, &reader)
        self.reader = reader
    }

    /// Opens an image that is a file; `-` is standard input.
    public init(at path: String) throws(SourceFault) {
        if path == "-" {
            try self.init { (_, count) throws(HostFault) in
                do throws(ReadFault) {
                    return try OpenFile.next(count, of: 0)
                } catch {
                    throw HostFault("read", "standard input", error.reason)
                }
            }
            return
        }
        guard let kind = LocalStatus(of: path)?.kind else {
            throw SourceFault(.missing, "expected an image, found no file")
        }
        guard kind == .file else { throw SourceFault(.refused, "expected an image, found no plain file") }
        let file: RangeFile
        do throws(HostFault) { file = try RangeFile(path) } catch { throw SourceFault(error) }
        try self.init { (offset, count) throws(HostFault) in try file.bytes(at: UInt64(offset), count: count) }
    }

    /// What is to be said of who has signed it. What it says of itself is read only for somebody who counts.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970, never before the program was made.
    ///   - latest: when it was made at the latest, in seconds since 1970; nil where no clock says so.
    /// - Throws: for a list that is none, of somebody who counts.
    public func verdict(by policy: TrustPolicy, now: Int64, latest: Int64?) throws(SourceFault) -> Verdict {
        try policy.verdict(on: .image, listBytes, signature: signature, now: now) { () throws(SourceFault) in
            let lifetime = try ImageList(parsing: listBytes).lifetime
            return (lifetime.created, lifetime.objection(now: now, latest: latest))
        }
    }

    /// The image of somebody who counts.
    ///
    /// - Throws: 79 (`untrusted`) for one that nobody who counts has signed, or that does not count now.
    public func trusted(
        by policy: TrustPolicy, now: Int64, latest: Int64?
    ) throws(SourceFault) -> TrustedImage {
        let verdict = try verdict(by: policy, now: now, latest: latest)
        guard verdict.isTrusted, let signer = verdict.signer else {
            throw SourceFault(
                .untrusted,
                "expected an image that is trusted, found one that is not: \(verdict.reason ?? "nobody has signed it")",
                hint: "`lodestar image verify` says step by step what was found")
        }
        return try TrustedImage(self, signer: signer)
    }

    /// The image as it is, whoever made it.
    ///
    /// - Throws: for one that does not count now, by its own words.
    public func takenAsItIs(now: Int64) throws(SourceFault) -> TrustedImage {
        let image = try TrustedImage(self, signer: nil)
        if let objection = image.list.lifetime.objection(now: now, latest: nil) {
            throw SourceFault(.untrusted, "expected an image that counts, found one that does not: \(objection)")
        }
        return image
    }
}

/// An image whose list is to be believed, so that each byte that follows can be judged by it.
public struct TrustedImage {
    public let list: ImageList
    /// Who has signed it; nil where nobody was asked.
    public let signer: String?
    let reader: ListedTarReader

    fileprivate init(_ image: OpenImage, signer: String?) throws(SourceFault) {
        list = try ImageList(parsing: image.listBytes)
        self.signer = signer
        var reader = image.reader
        if signer != nil { reader.faultKind = .untrusted }
        try image.head.check(madeAt: list.lifetime.created, reader)
        guard list.bytes == image.listBytes else {
            throw ImageList.origin.fault(
                "expected the text that `lodestar image pack` writes, found the same otherwise")
        }
        reader.faultKind = .refused
        self.reader = reader
    }
}
