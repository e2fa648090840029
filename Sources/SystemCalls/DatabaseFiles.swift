import CShim
import Glibc
public import Values

/// The files of a database, which SQLite opens by their names.
public enum DatabaseFiles {
    /// The endings that SQLite puts behind the name of a database (https://sqlite.org/tempfiles.html).
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
