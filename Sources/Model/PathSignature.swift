/// What tells that a path was not touched since it was read (stat(2)): any write, rename or change of attributes moves
/// the change time, which no program can set.
public struct PathSignature: Sendable, Hashable {
    public var device: Int
    public var inode: Int
    /// Type and permissions, as st_mode has them.
    public var mode: Int
    public var owner: Int
    public var group: Int
    /// Zero for a directory of which only the attributes were read.
    public var byteCount: Int
    /// Nanoseconds since 1970; zero for a directory of which only the attributes were read.
    public var modified: Int
    /// `Int.max` where the file system's change time cannot be relied on.
    public var changed: Int

    public init(
        device: Int, inode: Int, mode: Int, owner: Int, group: Int, byteCount: Int, modified: Int, changed: Int
    ) {
        self.device = device
        self.inode = inode
        self.mode = mode
        self.owner = owner
        self.group = group
        self.byteCount = byteCount
        self.modified = modified
        self.changed = changed
    }

    public var isLink: Bool { mode & 0o170000 == 0o120000 }
    public var isDirectory: Bool { mode & 0o170000 == 0o040000 }

    /// The parts in a fixed order, for storing.
    public var numbers: [Int] { [device, inode, mode, owner, group, byteCount, modified, changed] }

    /// Takes what `numbers` gave; nil for anything else.
    public init?(numbers: [Int]) {
        guard numbers.count == 8 else { return nil }
        self.init(
            device: numbers[0], inode: numbers[1], mode: numbers[2], owner: numbers[3], group: numbers[4],
            byteCount: numbers[5], modified: numbers[6], changed: numbers[7])
    }
}

/// What an observation found at a path.
public struct PathRecord: Sendable, Hashable {
    public var path: AbsolutePath
    /// nil where nothing was.
    public var signature: PathSignature?
    /// Of the bytes of a file, the target of a link or the names in a directory; nil where only the attributes were read.
    public var content: Digest?

    public init(path: AbsolutePath, signature: PathSignature?, content: Digest? = nil) {
        self.path = path
        self.signature = signature
        self.content = content
    }
}

/// Reads signatures of paths.
public protocol SignatureReading {
    /// The signature of what is at `path`, never following a link in the last component; nil when nothing is there.
    ///
    /// - Parameter isListing: whether the names in a directory count too, not only its attributes.
    func signature(of path: AbsolutePath, isListing: Bool) throws(HostFault) -> PathSignature?
}
