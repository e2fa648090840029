/// One entry as an archive has it: nothing of it is believed yet.
public struct RawEntry: Sendable {
    public enum Kind: Equatable, Sendable {
        case file, directory
        /// With the target.
        case link([UInt8])
        /// With the name of the other entry.
        case hardLink([UInt8])
        /// With its numbers.
        case device(isBlock: Bool, major: Int, minor: Int)
        case fifo
        /// Something that no archive may bring, in words.
        case other(String)
    }

    /// A run of bytes of a file; between runs there are zeros.
    public struct Segment: Hashable, Sendable {
        /// Where in the file.
        public var start: Int
        /// Where in the archive.
        public var offset: Int
        public var count: Int
    }

    public var name: [UInt8]
    public var kind: Kind
    /// nil where the archive does not say.
    public var mode: Int?
    /// The numbers of the accounts; nil where the archive does not say.
    public var owner: Int?, group: Int?
    /// Since 1970; nil where the archive does not say.
    public var time: (seconds: Int, nanoseconds: Int)?
    /// The extended attributes by their names (xattr(7)).
    public var attributes: [(name: String, value: [UInt8])] = []
    /// Whether there are access lists (acl(5)) that only stand there as texts.
    public var hasTextualAccessList = false
    /// The bytes of the file.
    public var byteCount = 0
    public var segments: [Segment] = []

    public init(
        name: [UInt8], kind: Kind, mode: Int? = nil, byteCount: Int = 0
    ) {
        (self.name, self.kind, self.mode, self.byteCount) = (name, kind, mode, byteCount)
    }
}
