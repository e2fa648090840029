import CShim
import Glibc
import Images
import Model
import SystemCalls

/// The folder that an image is unpacked into: nothing is done outside of it, and nothing through a link.
final class UnpackFolder {
    let path: String
    let descriptor: Int32
    /// The folder of the last entry, which is most often that of the next one too.
    private var last: (key: [CChar], descriptor: Int32)?

    private static let nobody = lodestar_identity(uid: 0, gid: 0)
    private static let resolve = UInt64(LODESTAR_BENEATH | LODESTAR_NO_LINKS)

    /// Opens a folder, for one process at a time.
    init(_ path: String) throws(HostFault) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostFault("open", path, ErrorNumber.last.text) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = ErrorNumber.last
            throw HostFault(
                "unpack into", path, error.number == EWOULDBLOCK ? "another process is at it" : error.text)
        }
    }

    deinit {
        forget()
        close(descriptor)
    }

    func fault(_ operation: String, _ place: ImageEntry.Place, _ error: ErrorNumber) -> HostFault {
        HostFault(operation, "\(path)/\(place.shown)".printable, error.text)
    }

    /// The open folder that something is in; missing ones are made.
    func parent(of place: ImageEntry.Place) throws(HostFault) -> Int32 {
        if let last, last.key == place.parent { return last.descriptor }
        forget()
        var opened = directory(place.parent, OpenFile.pathOnly)
        if opened == -ENOENT {
            try makeParents(place)
            opened = directory(place.parent, OpenFile.pathOnly)
        }
        guard opened >= 0 else { throw fault("reach", place, ErrorNumber(-opened)) }
        last = (place.parent, opened)
        return opened
    }

    /// Opens a folder below this one; a negative number is an error.
    func directory(_ path: [CChar], _ flags: Int32) -> Int32 {
        lodestar_open(descriptor, path, flags | O_DIRECTORY | O_CLOEXEC, 0, Self.resolve, Self.nobody)
    }

    private func makeParents(_ place: ImageEntry.Place) throws(HostFault) {
        let slash = CChar(bitPattern: 0x2F)
        for (end, character) in place.parent.enumerated() where character == slash || character == 0 {
            let path = place.parent[..<end] + [0]
            let opened = directory(Array(path), OpenFile.pathOnly)
            if opened >= 0 {
                close(opened)
                continue
            }
            guard opened == -ENOENT else { throw fault("reach", place, ErrorNumber(-opened)) }
            // What is above it was opened without a link a moment ago, and nobody else writes here.
            let cut = path.lastIndex(of: slash)
            let above = directory(cut.map { Array(path[..<$0]) + [0] } ?? [0x2E, 0], OpenFile.pathOnly)
            guard above >= 0 else { throw fault("reach", place, ErrorNumber(-above)) }
            let made = mkdirat(above, Array(path[(cut.map { $0 + 1 } ?? 0)...]), 0o755)
            let error = ErrorNumber.last
            close(above)
            guard made == 0 || error.number == EEXIST else { throw fault("make", place, error) }
        }
    }

    private func forget() {
        if let last { close(last.descriptor) }
        last = nil
    }

    /// Whether there is a plain file at a place.
    func hasFile(_ place: ImageEntry.Place) -> Bool {
        let parent = directory(place.parent, OpenFile.pathOnly)
        guard parent >= 0 else { return false }
        defer { close(parent) }
        var status = stat()
        return fstatat(parent, place.last, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Everything of its file system is on the disk afterwards.
    func sync() throws(HostFault) {
        let result = lodestar_sync_file_system(descriptor)
        if result < 0 { throw HostFault("write", path, ErrorNumber(-result).text) }
    }
}
