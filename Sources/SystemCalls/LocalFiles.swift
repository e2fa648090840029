import Glibc
public import Values

/// The operator's own files and terminal: sites, bindings, saved plans. Not the managed host.
public enum LocalFiles {
    /// The bytes of a file; nil when there is none.
    ///
    /// - Throws: for what cannot be read, and for more than `limit` bytes.
    public static func contents(of path: String, limit: Int = 64 << 20) throws(HostFault) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw HostFault("read", path, ErrorNumber.text(errno))
        }
        defer { close(descriptor) }
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 {
            guard status.st_size <= limit else { throw HostFault("read", path, "it has more than \(limit) bytes") }
            return try wholeContents(of: descriptor, count: Int(status.st_size), path)
        }
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw HostFault("read", path, ErrorNumber.text(errno))
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            if bytes.count > limit { throw HostFault("read", path, "it has more than \(limit) bytes") }
        }
    }

    /// The bytes of a regular file of a known size, without copies.
    public static func wholeContents(of descriptor: Int32, count: Int, _ path: String) throws(HostFault) -> [UInt8] {
        var number: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let step = read(descriptor, buffer.baseAddress?.advanced(by: done), count - done)
                if step < 0, errno == EINTR { continue }
                if step < 0 { number = errno }
                if step <= 0 { break }
                done += step
            }
        }
        if number != 0 { throw HostFault("read", path, ErrorNumber.text(number)) }
        return bytes
    }

    /// Writes a whole file with mode 0600; what was there is replaced.
    ///
    /// - Parameter isDurable: whether it must outlive a power failure when this returns.
    public static func write(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o600, isDurable: Bool = true
    ) throws(HostFault) {
        let temporary = "\(path).lodestar-\(getpid())"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        if descriptor < 0 { throw HostFault("write", path, ErrorNumber.text(errno)) }
        let isWritten = writeAll(bytes, to: descriptor) && (!isDurable || fsync(descriptor) == 0)
        let number = errno
        close(descriptor)
        if isWritten, rename(temporary, path) == 0 { return }
        unlink(temporary)
        throw HostFault("write", path, ErrorNumber.text(isWritten ? errno : number))
    }

    /// Writes all bytes to a descriptor, such as 1 or 2.
    @discardableResult
    public static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            done += count
        }
        return true
    }
}

extension LocalFiles {
    /// What the last call that failed says of it.
    public static var lastError: String { ErrorNumber.text(errno) }

    /// Whether there is something at a path.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Whether a descriptor is a terminal.
    public static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// A variable of the environment.
    public static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Whether the process has root's privileges.
    public static var isPrivileged: Bool { geteuid() == 0 }

    /// A path from the root of the file system, links resolved; the path itself where there is nothing.
    public static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Where a symbolic link points; nil where there is no link.
    public static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Makes a directory and its missing parents.
    public static func makeDirectory(_ path: String) throws(HostFault) {
        var current = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            current += "/\(part)"
            if mkdir(current, 0o755) != 0, errno != EEXIST { throw HostFault("make", current, ErrorNumber.text(errno)) }
        }
    }
}

extension LocalFiles {
    /// Makes an empty file with mode 0600 where there is none.
    public static func makePrivate(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    /// Removes a file, if there is one.
    public static func remove(_ path: String) { unlink(path) }

    /// Size and times of the running program: another build has another one.
    public static var signatureOfThisProgram: String {
        var status = stat()
        guard stat("/proc/self/exe", &status) == 0 else { return "unknown" }
        return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    }
}
