import CShim
import Glibc
public import Values

/// A file on the disk that has no name: it goes with the process.
public final class SpoolFile: Sendable {
    public let descriptor: Int32

    public static let folders = ["/var/tmp", "/tmp", "/dev/shm"]
    /// O_TMPFILE of open(2), which the C library only declares for GNU programs.
    private static let temporary: Int32 = 0o20000000 | O_DIRECTORY

    /// - Parameter folders: where it may be, the first that takes it.
    public init(in folders: [String] = SpoolFile.folders) throws(HostFault) {
        var descriptor: Int32 = -1
        for folder in folders where descriptor < 0 {
            descriptor = open(folder, Self.temporary | O_RDWR | O_CLOEXEC, 0o600)
            if descriptor < 0 { descriptor = Self.unlinked(in: folder) }
        }
        guard descriptor >= 0 else {
            throw HostFault("make", "a temporary file in \(folders.first ?? "/")", ErrorNumber.last.text)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Where the file system knows no files without names.
    private static func unlinked(in folder: String) -> Int32 {
        var name = Array("\(folder)/lodestar-XXXXXX".utf8CString)
        return name.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return -1 }
            let descriptor = mkstemp(start)
            if descriptor >= 0 {
                unlink(start)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            }
            return descriptor
        }
    }

    public func write(_ piece: UnsafeRawBufferPointer) throws(HostFault) {
        guard LocalFiles.writeAll(piece, to: descriptor) else {
            throw HostFault("write", "a temporary file", ErrorNumber.last.text)
        }
    }

    public var byteCount: Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// The descriptor, at the file's beginning.
    public func rewound() throws(HostFault) -> Int32 {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw HostFault("read", "a temporary file", ErrorNumber.last.text)
        }
        return descriptor
    }

    public func write(_ bytes: [UInt8]) throws(HostFault) {
        guard LocalFiles.writeAll(bytes, to: descriptor) else {
            throw HostFault("write", "a temporary file", ErrorNumber.last.text)
        }
    }

    /// Makes it empty again.
    public func clear() throws(HostFault) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw HostFault("empty", "a temporary file", ErrorNumber.last.text)
        }
    }

    /// Bytes of a range, fewer only at the end.
    public func bytes(at offset: Int, count: Int) throws(HostFault) -> [UInt8] {
        do throws(ReadFault) {
            return try OpenFile.bytes(of: descriptor, at: offset, count: count)
        } catch {
            throw HostFault("read", "a temporary file", error.reason)
        }
    }
}
