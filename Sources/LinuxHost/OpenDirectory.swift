import CShim
import Glibc
import Model
import SystemCalls

/// A directory that was reached safely, and with whose rights things in it are done. It is closed with its last user.
final class OpenDirectory {
    enum Trust: Equatable {
        /// Every component is root's, and only root can write to it.
        case root
        /// Root's, but others can write to it (/tmp, crontabs): as root, never through a link.
        case shared
        /// Below the first component that somebody else owns: with that owner's rights, never through a link.
        case user(uid: UInt32, gid: UInt32)
        /// A directory that only root can write to, below another user's: as root, never through a link. The owner of the
        /// directory above may put another one of root's in its place, so no file in it is given to another user.
        case enclave
    }

    let descriptor: Int32
    let trust: Trust
    /// Where it is, through no link.
    let place: AbsolutePath

    init(descriptor: Int32, trust: Trust, place: AbsolutePath) {
        self.place = place
        self.descriptor = descriptor
        self.trust = trust
    }

    deinit { close(descriptor) }

    var identity: lodestar_identity {
        if case .user(let uid, let gid) = trust { return lodestar_identity(uid: uid, gid: gid) }
        return lodestar_identity(uid: 0, gid: 0)
    }

    /// Whether somebody may have linked a file of somebody else into it.
    func isOpenToOthers(_ file: stat) -> Bool {
        switch trust {
        case .root: false
        case .shared, .enclave: true
        case .user(let uid, _): file.st_uid != uid
        }
    }

    /// The trust of a directory inside one of this trust.
    static func trust(of status: stat, inside outer: Trust) -> Trust {
        if status.st_uid != 0 { return .user(uid: status.st_uid, gid: status.st_gid) }
        if case .user = outer { return status.st_mode & 0o022 == 0 ? .enclave : outer }
        if outer == .enclave { return .enclave }
        let isWritableByGroup = status.st_mode & 0o020 != 0 && status.st_gid != 0
        return status.st_mode & 0o002 != 0 || isWritableByGroup || outer == .shared ? .shared : .root
    }

    /// The names in it.
    func names(at path: AbsolutePath) throws(HostFault) -> [String] {
        let readable = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard readable >= 0 else { throw HostFault("list", path.text, ErrorNumber.last.text) }
        do throws(ErrorNumber) {
            return try DirectoryListing(closing: readable).names
        } catch {
            throw HostFault("list", path.text, error.text)
        }
    }
}
