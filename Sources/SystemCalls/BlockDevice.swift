import CShim
import Glibc
public import Values

/// A block device, or a file that stands for one, to be written by ranges.
public final class BlockDevice {
    private let descriptor: Int32
    private let path: String

    /// - Parameter isExclusive: whether a device that the kernel has in use is a fault (open(2), O_EXCL of block devices).
    public init(_ path: String, isExclusive: Bool) throws(HostFault) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | (isExclusive ? O_EXCL : 0))
        guard descriptor >= 0 else {
            let error = ErrorNumber.last
            throw HostFault("write", path, error.number == EBUSY ? "it is in use" : error.text)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, [S_IFBLK, S_IFREG].contains(status.st_mode & S_IFMT) else {
            throw HostFault("write", path, "it is no block device")
        }
    }

    deinit { close(descriptor) }

    public func write(_ bytes: [UInt8], at offset: UInt64) throws(HostFault) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done,
                    off_t(offset) + off_t(done))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw HostFault("write", path, ErrorNumber.last.text) }
            done += count
        }
    }

    /// Waits until all that was written is on the medium.
    public func makeDurable() throws(HostFault) {
        guard fsync(descriptor) == 0 else { throw HostFault("write", path, ErrorNumber.last.text) }
    }

    /// Tells the kernel of a partition, in bytes; a length of 0: to forget it. One that is in use stays, and is a fault.
    public func tell(partition number: Int, start: UInt64, length: UInt64) throws(HostFault) {
        // Somebody, such as udev, may look at it for a moment.
        for _ in 0..<50 {
            let result = lodestar_tell_partition(descriptor, Int32(number), Int64(start), Int64(length))
            if result == 0 { return }
            guard result == -EBUSY else {
                throw HostFault("tell the kernel of partition", "\(number) of \(path)", ErrorNumber.text(-result))
            }
            SystemClock.sleep(milliseconds: 100)
        }
        throw HostFault("tell the kernel of partition", "\(number) of \(path)", "it is in use")
    }

    /// Unmounts all that is mounted at a path and below it, the last mount first.
    public static func unmount(below path: String) throws(HostFault) {
        let bytes = try LocalFiles.contents(of: "/proc/self/mountinfo") ?? []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n").reversed() {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count > 5, words[4] == path || words[4].hasPrefix("\(path)/") else { continue }
            guard umount2(String(words[4]), 0) == 0 else {
                throw HostFault("unmount", String(words[4]), ErrorNumber.last.text)
            }
        }
    }

    /// Makes the directory of a mount and mounts a file system there.
    ///
    /// - Parameter options: of the kind of file system (mount(8)).
    public static func mount(
        _ device: String, _ kind: String, at path: String, options: String? = nil, isReadOnly: Bool = false
    ) throws(HostFault) {
        try LocalFiles.makeDirectory(path)
        guard Glibc.mount(device, path, kind, isReadOnly ? UInt(MS_RDONLY) : 0, options) == 0 else {
            throw HostFault("mount", "\(device) at \(path)", ErrorNumber.last.text)
        }
    }
}
