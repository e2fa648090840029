import CShim
import Glibc
import Model

/// The locks of shadow-utils and lckpwdf(3), taken in order and held until all databases are written.
final class AccountLocks {
    private static let names = ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].map { "\($0).lock" }
    private static let waitingMilliseconds = 15_000

    private let directory: OpenDirectory
    private var descriptor: Int32 = -1
    private var taken: [String] = []

    /// Waits at most 15 seconds.
    init(in directory: OpenDirectory) throws(HostFault) {
        self.directory = directory
        do throws(HostFault) {
            try takeCentral()
            for name in Self.names { try take(name) }
        } catch {
            release()
            throw error
        }
    }

    func release() {
        for name in taken.reversed() { unlinkat(directory.descriptor, name, 0) }
        taken = []
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private func takeCentral() throws(HostFault) {
        descriptor = openat(
            directory.descriptor, ".pwd.lock", O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw HostFault("lock", "/etc/.pwd.lock", ErrorNumber.text(errno)) }
        var waited = 0
        while true {
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            if fcntl(descriptor, F_SETLK, &lock) == 0 { return }
            guard errno == EAGAIN || errno == EACCES || errno == EINTR, waited < Self.waitingMilliseconds else {
                var holder = lock
                let isKnown = fcntl(descriptor, F_GETLK, &holder) == 0 && holder.l_type != Int16(F_UNLCK)
                throw HostFault(
                    "lock", "/etc/.pwd.lock", isKnown ? "process \(holder.l_pid) holds it" : "somebody holds it")
            }
            WallClock.sleep(milliseconds: 50)
            waited += 50
        }
    }

    /// A lock file holds the number of its process; one whose process is gone is stale (shadow-utils lib/commonio.c).
    private func take(_ name: String) throws(HostFault) {
        var waited = 0
        while true {
            if try link(as: name) {
                taken.append(name)
                return
            }
            let holder = self.holder(of: name)
            if let holder, kill(holder, 0) != 0, errno == ESRCH {
                unlinkat(directory.descriptor, name, 0)
                continue
            }
            guard waited < Self.waitingMilliseconds else {
                throw HostFault("lock", "/etc/\(name)", holder.map { "process \($0) holds it" } ?? "somebody holds it")
            }
            WallClock.sleep(milliseconds: 50)
            waited += 50
        }
    }

    /// Makes the lock with our number in it at once, so that a crash leaves no lock without a holder.
    ///
    /// - Returns: false where somebody has it.
    private func link(as name: String) throws(HostFault) -> Bool {
        let temporary = Linux.temporaryName()
        let file = openat(
            directory.descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw HostFault("lock", "/etc/\(name)", ErrorNumber.text(errno)) }
        defer { unlinkat(directory.descriptor, temporary, 0) }
        let isWritten = LocalFiles.writeAll(Array("\(getpid())\u{0}".utf8), to: file)
        close(file)
        if isWritten, linkat(directory.descriptor, temporary, directory.descriptor, name, 0) == 0 { return true }
        guard errno == EEXIST else { throw HostFault("lock", "/etc/\(name)", ErrorNumber.text(errno)) }
        return false
    }

    private func holder(of name: String) -> pid_t? {
        let file = openat(directory.descriptor, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return nil }
        return pid_t(String(decoding: buffer[..<count].prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
    }
}
