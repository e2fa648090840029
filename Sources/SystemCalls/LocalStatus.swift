import CShim
import Glibc

/// A part of stat(2).
public struct LocalStatus: Sendable {
    public enum Kind: Sendable {
        case file, directory, link, other
    }

    public var kind: Kind
    /// The permissions, with setuid and its like.
    public var mode: UInt32
    public var owner: UInt32
    public var linkCount: Int
    /// The device that it is, where it is one.
    public var isNullDevice: Bool

    /// - Parameter followsLinks: whether a link stands for what it leads to.
    /// - Returns: nil where there is nothing.
    public init?(of path: String, followsLinks: Bool = true) {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        mode = status.st_mode & 0o7777
        owner = status.st_uid
        linkCount = Int(status.st_nlink)
        // makedev(1, 3), Documentation/admin-guide/devices.txt.
        isNullDevice = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 1 << 8 | 3
    }
}
