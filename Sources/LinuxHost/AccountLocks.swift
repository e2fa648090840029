import CShim
import Glibc
import Model
import SystemCalls

/// The locks of shadow-utils and lckpwdf(3), taken in order and held until all databases are written.
final class AccountLocks {
    private static let names = ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].map { "\($0).lock" }

    private let directory: OpenDirectory
    /// How many milliseconds another holder is waited for.
    private let patience: Int
    private var descriptor: Int32 = -1
    private var taken: [String] = []
    /// A durable file with this process's number, of which each lock is one more name.
    private let temporary = Linux.temporaryName()

    init(in directory: OpenDirectory, patience: Int = 15_000) throws(HostFault) {
        (self.directory, self.patience) = (directory, patience)
        do throws(HostFault) {
            try takeCentral()
            try writeNumber()
            for name in Self.names { try take(name) }
            unlinkat(directory.descriptor, temporary, 0)
        } catch {
            unlinkat(directory.descriptor, temporary, 0)
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
        guard descriptor >= 0 else { throw HostFault("lock", "/etc/.pwd.lock", ErrorNumber.last.text) }
        var waited = 0
        while true {
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            if fcntl(descriptor, F_SETLK, &lock) == 0 { return }
            guard errno == EAGAIN || errno == EACCES || errno == EINTR, waited < patience else {
                var holder = lock
                let isKnown = fcntl(descriptor, F_GETLK, &holder) == 0 && holder.l_type != Int16(F_UNLCK)
                throw HostFault(
                    "lock", "/etc/.pwd.lock", isKnown ? "process \(holder.l_pid) holds it" : "somebody holds it")
            }
            SystemClock.sleep(milliseconds: 50)
            waited += 50
        }
    }

    /// The number is on the disk before a lock has its name: a power cut leaves no lock without a holder.
    private func writeNumber() throws(HostFault) {
        let file = openat(
            directory.descriptor, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw HostFault("lock", "/etc", ErrorNumber.last.text) }
        defer { close(file) }
        guard LocalFiles.writeAll(Array("\(getpid())\u{0}".utf8), to: file), fsync(file) == 0 else {
            throw HostFault("lock", "/etc", ErrorNumber.last.text)
        }
    }

    private func take(_ name: String) throws(HostFault) {
        var waited = 0
        while true {
            if linkat(directory.descriptor, temporary, directory.descriptor, name, 0) == 0 {
                taken.append(name)
                return
            }
            guard errno == EEXIST else { throw HostFault("lock", "/etc/\(name)", ErrorNumber.last.text) }
            let holder = LockHolder(of: name, in: directory)
            if holder.isGone(waited: waited) {
                unlinkat(directory.descriptor, name, 0)
                continue
            }
            guard waited < patience else {
                throw HostFault(
                    "lock", "/etc/\(name)", holder.pid.map { "process \($0) holds it" } ?? "somebody holds it")
            }
            SystemClock.sleep(milliseconds: 50)
            waited += 50
        }
    }
}

/// Who made a lock file of shadow-utils (lib/commonio.c): its process's number stands in it.
private struct LockHolder {
    /// nil where no number can be read.
    var pid: pid_t?
    /// Seconds since 1970 when the file was written.
    private var written = 0

    init(of name: String, in directory: OpenDirectory) {
        let file = openat(directory.descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return }
        defer { close(file) }
        var status = stat()
        if fstat(file, &status) == 0 { written = status.st_mtim.tv_sec }
        var buffer = [UInt8](repeating: 0, count: 32)
        let count = read(file, &buffer, buffer.count)
        guard count > 0 else { return }
        pid = pid_t(String(decoding: buffer[..<count].prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
    }

    /// Whether nobody holds it. Those who lock hold /etc/.pwd.lock too, which is ours by now, and write their number
    /// before the file has its name: without a number it is what a power cut left. A number can be a later process's.
    ///
    /// - Parameter waited: for how many milliseconds it has been looked at.
    func isGone(waited: Int) -> Bool {
        guard let pid else { return waited >= 1000 || written < Int(SystemClock.seconds) - 2 }
        if kill(pid, 0) != 0, errno == ESRCH { return true }
        guard let start = ProcessRecord(of: pid)?.start else { return false }
        return written < start - 2
    }
}
