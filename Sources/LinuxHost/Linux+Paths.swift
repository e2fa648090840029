import CShim
import Glibc
public import Model
import SystemCalls

/// Reaching paths: component by component, so that no link of an unprivileged user is ever followed.
extension Linux {
    /// A name in the directory that holds it.
    struct Entry {
        var directory: OpenDirectory
        var name: String
    }

    /// The directory of a path with its last name; nil when that directory does not exist.
    func entry(_ path: AbsolutePath) throws(HostFault) -> Entry? {
        if let last, last.path == path { return last.entry }
        let entry = try findEntry(path)
        if let entry { last = (path, entry) }
        return entry
    }

    private func findEntry(_ path: AbsolutePath) throws(HostFault) -> Entry? {
        guard let parent = path.parent else { return try directory(.root).map { Entry(directory: $0, name: ".") } }
        return try directory(parent).map { Entry(directory: $0, name: path.name) }
    }

    /// Like `entry`, for writing: a missing directory is a fault.
    func writableEntry(_ path: AbsolutePath, _ operation: String) throws(HostFault) -> Entry {
        guard let entry = try entry(path) else {
            throw HostFault(operation, path.text, "the directory \(path.parent ?? .root) does not exist")
        }
        return entry
    }

    /// A directory, opened and remembered; nil when there is no directory.
    func directory(_ path: AbsolutePath, depth: Int = 0) throws(HostFault) -> OpenDirectory? {
        if let known = directories[path] { return known }
        if missing.contains(path) { return nil }
        guard let parent = path.parent else { return try openRoot() }
        guard let outer = try directory(parent, depth: depth) else { return nil }
        let descriptor = openat(outer.descriptor, path.name, OpenFile.pathOnly | O_NOFOLLOW | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT || errno == ENOTDIR {
                if !isPerforming { missing.insert(path) }
                return nil
            }
            throw HostFault("open", path.text, ErrorNumber.last.text)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            throw HostFault("open", path.text, ErrorNumber.last.text)
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            let place = outer.place.appending(path.name)
            return remember(descriptor, trust(of: status, descriptor, inside: outer.trust), path, at: place)
        case S_IFLNK:
            close(descriptor)
            return try followed(path, status, outer, depth)
        default:
            close(descriptor)
            return nil
        }
    }

    private func trust(of status: stat, _ descriptor: Int32, inside outer: OpenDirectory.Trust) -> OpenDirectory.Trust {
        let trust = OpenDirectory.trust(of: status, inside: outer)
        // A file system of a user's own (FUSE) says what it likes of its owners.
        if trust == .enclave, lodestar_file_system(descriptor, ".") == Self.userFileSystem { return outer }
        return trust
    }

    private static let userFileSystem: Int64 = 0x6573_5546

    private func openRoot() throws(HostFault) -> OpenDirectory {
        var status = stat()
        let descriptor = fcntl(root, F_DUPFD_CLOEXEC, 3)
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw HostFault("open", "the root \(rootPath)", ErrorNumber.last.text)
        }
        return remember(descriptor, OpenDirectory.trust(of: status, inside: .root), .root, at: .root)
    }

    private func remember(
        _ descriptor: Int32, _ trust: OpenDirectory.Trust, _ path: AbsolutePath, at place: AbsolutePath
    ) -> OpenDirectory {
        // Bounds the number of open descriptors.
        if directories.count > 300 { directories = [:] }
        let directory = OpenDirectory(descriptor: descriptor, trust: trust, place: place)
        directories[path] = directory
        return directory
    }

    /// A link on the way: only root's own, in a directory where only root can plant one.
    private func followed(
        _ path: AbsolutePath, _ status: stat, _ outer: OpenDirectory, _ depth: Int
    ) throws(HostFault) -> OpenDirectory? {
        guard status.st_uid == 0, outer.trust == .root else {
            throw HostFault(
                "open", path.text, "it is a link that root did not make; links of others are never followed")
        }
        guard depth < 20 else { throw HostFault("open", path.text, "ELOOP (too many levels of links)") }
        let target = try linkTarget(of: path)
        var found = target.hasPrefix("/") ? try directory(.root) : outer
        for part in target.split(separator: "/") where part != "." {
            guard let place = found?.place else { return nil }
            let next = part == ".." ? place.parent ?? .root : place.appending(String(part))
            guard AbsolutePath(next.text) != nil else {
                throw HostFault("open", path.text, "it is a link to `\(target)`")
            }
            found = try directory(next, depth: depth + 1)
        }
        guard let found else { return nil }
        let copy = fcntl(found.descriptor, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw HostFault("open", path.text, ErrorNumber.last.text) }
        return remember(copy, found.trust, path, at: found.place)
    }

    public func place(of path: AbsolutePath) throws(HostFault) -> AbsolutePath {
        guard let parent = path.parent else { return path }
        if let directory = try directory(parent) {
            return directory.place == parent ? path : directory.place.appending(path.name)
        }
        return try place(of: parent).appending(path.name)
    }

    /// lstat(2) of an entry; nil when nothing is there.
    func status(_ entry: Entry, _ path: AbsolutePath) throws(HostFault) -> FileStatus? {
        var status = stat()
        if fstatat(entry.directory.descriptor, entry.name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
            return FileStatus(status)
        }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw HostFault("look at", path.text, ErrorNumber.last.text)
    }
}

extension FileStatus {
    init(_ status: stat) {
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .directory
            case S_IFLNK: .link
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            default: .device
            }
        self.init(
            kind: kind, permissions: Permissions(UInt16(status.st_mode & 0o7777)), owner: status.st_uid,
            group: status.st_gid, byteCount: Int(status.st_size), linkCount: Int(status.st_nlink))
    }
}
