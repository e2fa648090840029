import CShim
import Glibc
public import Values

/// A file or a block device that is read by ranges.
public final class RangeFile: Sendable {
    private let descriptor: Int32
    private let path: String
    /// In bytes.
    public let byteCount: UInt64
    /// The logical sectors of a device (BLKSSZGET, ioctl_fs(2)); nil for a file.
    public let sectorSize: Int?

    /// Opens it to be read; anything but a regular file and a block device is a fault.
    public init(_ path: String) throws(HostFault) {
        self.path = path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw HostFault("open", path, ErrorNumber.last.text) }
        self.descriptor = descriptor
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw HostFault("open", path, ErrorNumber.last.text) }
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            byteCount = UInt64(status.st_size)
            sectorSize = nil
        case S_IFBLK:
            let end = lseek(descriptor, 0, SEEK_END)
            guard end >= 0 else { throw HostFault("measure", path, ErrorNumber.last.text) }
            byteCount = UInt64(end)
            var size: Int32 = 0
            guard ioctl(descriptor, 0x1268, &size) == 0 else { throw HostFault("measure", path, ErrorNumber.last.text) }
            sectorSize = Int(size)
            // What was written through a partition is not in what is remembered of the disk (BLKFLSBUF); only root may ask.
            _ = ioctl(descriptor, 0x1261, 0)
        default: throw HostFault("open", path, "it is neither a file nor a block device")
        }
    }

    deinit { close(descriptor) }

    /// Bytes from an offset on; fewer only at the end.
    public func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8] {
        guard count > 0, offset < byteCount else { return [] }
        let wanted = Int(min(UInt64(count), byteCount - offset))
        do throws(ReadFault) {
            return try OpenFile.bytes(of: descriptor, at: Int(offset), count: wanted)
        } catch {
            throw HostFault("read", path, error.reason)
        }
    }
}
