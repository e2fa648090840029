import Glibc
import Values

/// One converge per root at a time.
public final class RunLock {
    private let descriptor: Int32

    /// Who holds the lock.
    public struct Held: Error {
        /// nil when the holder did not say.
        public var process: Int32?
    }

    /// Takes the lock of a root, or throws `Held`; the folder of the state is made where it is missing.
    public init(root: String) throws {
        let folder = try StateFolder.made(below: root)
        descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw HostFault("lock", "\(folder)/lock", ErrorNumber.text(errno)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var buffer = [UInt8](repeating: 0, count: 16)
            let count = max(0, pread(descriptor, &buffer, buffer.count, 0))
            close(descriptor)
            throw Held(process: Int32(String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self)))
        }
        ftruncate(descriptor, 0)
        LocalFiles.writeAll(Array("\(getpid())\n".utf8), to: descriptor)
    }

    deinit { close(descriptor) }
}
