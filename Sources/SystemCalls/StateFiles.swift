import Glibc
public import Values

extension LocalFiles {
    /// The bytes of one of Lodestar's own files; nil when there is none. What is no regular file is a fault: a fifo would
    /// be waited for.
    public static func stateContents(of path: String, limit: Int = 64 << 20) throws(HostFault) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw HostFault("read", path, errno == ELOOP ? "expected no link, found one" : ErrorNumber.text(errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw HostFault("read", path, ErrorNumber.text(errno)) }
        if let kind = FileKind.special(status.st_mode) {
            throw HostFault("read", path, "expected a regular file, found \(kind)")
        }
        guard status.st_size <= limit else { throw HostFault("read", path, "it has more than \(limit) bytes") }
        return try wholeContents(of: descriptor, count: Int(status.st_size), path)
    }
}

/// The files of a database, which SQLite opens by their names.
public enum DatabaseFiles {
    /// What SQLite puts behind the name of a database for its own files (https://sqlite.org/tempfiles.html).
    public static let suffixes = ["-journal", "-wal", "-shm", ""]

    /// - Throws: where one of them is there and no regular file.
    public static func check(_ path: String) throws(HostFault) {
        for suffix in suffixes {
            var status = stat()
            guard lstat(path + suffix, &status) == 0, let kind = FileKind.special(status.st_mode) else { continue }
            throw HostFault("open", path + suffix, "expected a regular file, found \(kind)")
        }
    }

    /// Gives a database that cannot be used another name, with its companions.
    public static func putAside(_ path: String, as name: String) throws(HostFault) {
        for suffix in suffixes {
            if rename(path + suffix, name + suffix) != 0, errno != ENOENT {
                throw HostFault("put aside", path + suffix, ErrorNumber.text(errno))
            }
        }
    }
}

enum FileKind {
    /// What a mode stands for, in words; nil for a regular file.
    static func special(_ mode: mode_t) -> String? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: "a directory"
        case S_IFLNK: "a link"
        case S_IFIFO: "a fifo"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}
