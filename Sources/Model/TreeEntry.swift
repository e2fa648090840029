/// What an archive or a commit brings to one place.
public struct TreeEntry: Sendable, Hashable {
    public enum Body: Sendable, Hashable {
        case directory
        case file(FileContent)
        /// A symbolic link with its target.
        case link(String)
    }

    /// The place, as if the tree was put into the root.
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
