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

/// What an archive brings to one place.
public struct ArchiveEntry: Sendable, Hashable {
    public enum Body: Sendable, Hashable {
        case directory
        case file(FileContent)
        /// A symbolic link with its target.
        case link(String)
    }

    /// The place, as if the archive was unpacked into the root.
    public var path: AbsolutePath
    public var body: Body
    public var permissions: Permissions

    public init(_ path: AbsolutePath, _ body: Body, _ permissions: Permissions) {
        self.path = path
        self.body = body
        self.permissions = permissions
    }

    public var kind: FileStatus.Kind {
        switch body {
        case .directory: .directory
        case .file: .file
        case .link: .link
        }
    }
}
