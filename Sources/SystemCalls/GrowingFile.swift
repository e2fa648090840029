import Glibc
public import Values

/// A file of Lodestar's own that is written at its end and read anywhere.
public final class GrowingFile {
    private let descriptor: Int32
    public let path: String
    public private(set) var byteCount: Int

    /// Opens it, or makes it with mode 0600; a link and what is no regular file is a fault.
    public init(_ path: String) throws(HostFault) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw HostFault("write", path, ErrorNumber.last.text) }
        do throws(ReadFault) { byteCount = try OpenFile.byteCount(of: descriptor) } catch {
            close(descriptor)
            throw HostFault("write", path, error.reason)
        }
    }

    deinit { close(descriptor) }

    public func append(_ bytes: [UInt8]) throws(HostFault) {
        guard lseek(descriptor, off_t(byteCount), SEEK_SET) >= 0, LocalFiles.writeAll(bytes, to: descriptor) else {
            throw HostFault("write", path, ErrorNumber.last.text)
        }
        byteCount += bytes.count
    }

    /// Bytes from an offset on; fewer only at the end.
    public func bytes(at offset: Int, count: Int) throws(HostFault) -> [UInt8] {
        do throws(ReadFault) { return try OpenFile.bytes(of: descriptor, at: offset, count: count) } catch {
            throw HostFault("read", path, error.reason)
        }
    }

    public func empty() throws(HostFault) {
        guard ftruncate(descriptor, 0) == 0 else { throw HostFault("write", path, ErrorNumber.last.text) }
        byteCount = 0
    }

    /// What was written outlives a power failure.
    public func makeDurable() throws(HostFault) {
        if fsync(descriptor) != 0 { throw HostFault("write", path, ErrorNumber.last.text) }
    }
}
