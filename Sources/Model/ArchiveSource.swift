/// An archive whose entries are asked for: where its bytes are, and which they must be.
public struct ArchiveSource: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
        case content(FileContent)
        /// A file of the host.
        case file(AbsolutePath)
    }

    public var place: Place
    public var digest: Digest
    /// How many leading folders the names lose.
    public var strip: Int

    public init(_ place: Place, digest: Digest, strip: Int) {
        self.place = place
        self.digest = digest
        self.strip = strip
    }
}
