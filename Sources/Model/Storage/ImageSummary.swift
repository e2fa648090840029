/// An image that an installation unpacks, as its list says it, after somebody who counts has signed that.
public struct ImageSummary: Sendable, Hashable {
    /// As the profile names it.
    public var source: String
    /// Its name and version.
    public var title: String
    /// Of its list, which names it.
    public var digest: Digest
    /// What its files take on a disk.
    public var unpackedByteCount: Int
    /// nil where nobody was asked.
    public var signer: String?

    public init(source: String, title: String, digest: Digest, unpackedByteCount: Int, signer: String?) {
        (self.source, self.title, self.digest) = (source, title, digest)
        (self.unpackedByteCount, self.signer) = (unpackedByteCount, signer)
    }

    /// For a person on one line.
    public var text: String {
        "\(title) (\(digest), \(unpackedByteCount >> 20) MiB\(signer.map { ", signed by \($0)" } ?? ""))"
    }
}
