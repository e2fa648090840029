import Glibc
import Values

/// A file that one process at a time holds locked (flock(2)), with that process's number in it: one converge for each
/// root, one agent for each state directory.
public final class ProcessLock {
    private let descriptor: Int32

    /// Another process holds the lock.
    public struct Held: Error {
        /// nil when the holder did not say.
        public var process: Int32?
    }

    /// Between two looks; milliseconds.
    private static let pause = 50

    /// Takes a lock, or throws `Held`.
    ///
    /// - Parameter patience: milliseconds for which it is waited until another process lets it go.
    public init(at path: String, waiting patience: Int64 = 0) throws {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw HostFault("lock", path, ErrorNumber.last.text) }
        let end = SystemClock.bootMilliseconds + patience
        var isOurs = flock(file, LOCK_EX | LOCK_NB) == 0
        while !isOurs, SystemClock.bootMilliseconds < end {
            SystemClock.sleep(milliseconds: Self.pause)
            isOurs = flock(file, LOCK_EX | LOCK_NB) == 0
        }
        guard isOurs else {
            defer { close(file) }
            var buffer = [UInt8](repeating: 0, count: 16)
            let count = max(0, pread(file, &buffer, buffer.count, 0))
            throw Held(process: Int32(String(decoding: buffer[..<count].prefix { $0 != 0x0A }, as: UTF8.self)))
        }
        ftruncate(file, 0)
        LocalFiles.writeAll(Array("\(getpid())\n".utf8), to: file)
        descriptor = file
    }

    /// Takes the lock of a root; the folder of its state is made where it is missing.
    public convenience init(root: String) throws {
        try self.init(at: "\(StateFolder.made(below: root))/lock")
    }

    deinit { close(descriptor) }
}
