import CShim
import Glibc
public import Values

/// Files by their paths, for the program itself: its settings, its state, sites. Those of a managed root are `Linux`'s.
public enum LocalFiles {
    /// The bytes of a file; nil when there is none. Links are followed, and a pipe is read to its end.
    ///
    /// - Throws: for what cannot be read, and for more than `limit` bytes.
    public static func contents(of path: String, limit: Int = 64 << 20) throws(HostFault) -> [UInt8]? {
        try contents(of: path, limit: limit, flags: 0)
    }

    /// The bytes of one of Lodestar's own files; nil when there is none. A link, and what is no regular file, is a fault.
    public static func stateContents(of path: String, limit: Int = 64 << 20) throws(HostFault) -> [UInt8]? {
        try contents(of: path, limit: limit, flags: O_NONBLOCK | O_NOFOLLOW)
    }

    private static func contents(of path: String, limit: Int, flags: Int32) throws(HostFault) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | flags)
        if descriptor < 0 {
            let error = ErrorNumber.last
            if error.isAbsence { return nil }
            throw HostFault("read", path, error.number == ELOOP ? "expected no link, found one" : error.text)
        }
        defer { close(descriptor) }
        do throws(ReadFault) {
            return try OpenFile.bytes(of: descriptor, limit: limit, isPlain: flags & O_NOFOLLOW != 0)
        } catch {
            throw HostFault("read", path, error.reason)
        }
    }

    /// Writes a whole file beside its place and puts it there: another reader finds the old one or the new one.
    ///
    /// - Parameters:
    ///   - mode: of the new file, less this process's mask.
    ///   - isDurable: whether the file must outlive a power failure when this returns.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600, isDurable: Bool = true
    ) throws(HostFault) {
        try write(to: path, mode: mode, isDurable: isDurable) { (sink) throws(HostFault) in try sink(bytes) }
    }

    /// The same with bytes that come piece by piece; what is at the path stays where they end with a fault.
    public static func write(
        to path: String, mode: UInt32 = 0o600, isDurable: Bool = true,
        _ body: (_ sink: ([UInt8]) throws(HostFault) -> Void) throws(HostFault) -> Void
    ) throws(HostFault) {
        let temporary = "\(path).lodestar-\(getpid())"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        if descriptor < 0 { throw HostFault("write", path, ErrorNumber.last.text) }
        var error: ErrorNumber?, fault: HostFault?
        do throws(HostFault) {
            try body { (bytes) throws(HostFault) in
                if !writeAll(bytes, to: descriptor) { throw HostFault("write", path, ErrorNumber.last.text) }
            }
        } catch {
            fault = error
        }
        if fault == nil, isDurable, fsync(descriptor) != 0 { error = .last }
        close(descriptor)
        if let fault {
            unlink(temporary)
            throw fault
        }
        if error == nil, rename(temporary, path) != 0 { error = .last }
        if let error {
            unlink(temporary)
            throw HostFault("write", path, error.text)
        }
        if isDurable { makeNamesDurable(in: path.lastIndex(of: "/").map { "\(path[...$0])" } ?? ".") }
    }

    private static func makeNamesDurable(in folder: String) {
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// Writes all bytes to a descriptor, such as 1 or 2; `ErrorNumber.last` says why it could not.
    @discardableResult
    public static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { writeAll($0, to: descriptor) }
    }

    public static func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
            if count < 0, errno != EINTR { return false }
            done += max(0, count)
        }
        return true
    }
}

extension LocalFiles {
    /// Whether there is something at a path.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// A path from the root of the file system, links resolved; the path itself where there is nothing.
    public static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Where a symbolic link points; nil where there is no link.
    public static func linkTarget(_ path: String) -> String? { linkTarget(path, in: AT_FDCWD) }

    /// Where a symbolic link points whose path begins at an open directory; of an empty path the open link itself.
    public static func linkTarget(_ path: String, in directory: Int32) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlinkat(directory, path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// The names in a directory, sorted; none where there is no directory.
    public static func names(in path: String) throws(HostFault) -> [String] {
        do throws(ErrorNumber) {
            return try DirectoryListing(of: path).names
        } catch {
            if error.isAbsence { return [] }
            throw HostFault("read", path, error.text)
        }
    }

    /// Makes a directory and its missing parents.
    ///
    /// - Parameter mode: of the directory; its parents get 0755.
    public static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(HostFault) {
        var current = path.hasPrefix("/") ? "" : "."
        let parts = path.split(separator: "/")
        for (index, part) in parts.enumerated() {
            current += "/\(part)"
            guard mkdir(current, index == parts.count - 1 ? mode : 0o755) != 0, errno != EEXIST else { continue }
            throw HostFault("make", current, ErrorNumber.last.text)
        }
    }

    /// Makes an empty file with mode 0600 where there is none.
    public static func makePrivate(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Makes a symbolic link.
    public static func link(_ target: String, at path: String) throws(HostFault) {
        if symlink(target, path) != 0 { throw HostFault("link", path, ErrorNumber.last.text) }
    }

    /// Removes a file, if there is one.
    public static func remove(_ path: String) { unlink(path) }

    /// Removes a directory of Lodestar's own with all that is in it; links are not followed.
    public static func removeTree(_ path: String) throws(HostFault) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else { return remove(path) }
        for name in try names(in: path) { try removeTree("\(path)/\(name)") }
        if rmdir(path) != 0, errno != ENOENT { throw HostFault("remove", path, ErrorNumber.last.text) }
    }

    /// Makes a directory with mode 0700 and a name that nobody can foresee.
    ///
    /// - Parameter start: what its path begins with.
    public static func madeTemporary(_ start: String) throws(HostFault) -> String {
        var name = Array("\(start)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&name) else { throw HostFault("make", "\(start)-*", ErrorNumber.last.text) }
        return String(cString: made)
    }

    /// Gives something of Lodestar's own another place on the same file system.
    public static func move(_ path: String, to other: String) throws(HostFault) {
        if rename(path, other) != 0, errno != ENOENT { throw HostFault("move", path, ErrorNumber.last.text) }
    }

    /// Where a directory of a root is for this process: links lead on within the root.
    public static func place(_ directory: String, below root: String) -> String {
        let inside = LinkedPath("\(directory)/x", below: root).first { $0.isLast }?.path.dropLast(2)
        return inside.map(String.init) ?? "\(root == "/" ? "" : root)\(directory)"
    }
}
