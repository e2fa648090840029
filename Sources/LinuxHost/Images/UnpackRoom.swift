import CShim
import Glibc
import Images
import Model
import SystemCalls

/// The room of the file system that a folder is on, and what is in it.
struct UnpackRoom {
    private let path: String
    private let device: dev_t
    private let status: statvfs

    init(_ folder: UnpackFolder) throws(HostFault) {
        path = folder.path
        var system = statvfs(), status = stat()
        guard fstatvfs(folder.descriptor, &system) == 0, fstat(folder.descriptor, &status) == 0 else {
            throw HostFault("measure", path, ErrorNumber.last.text)
        }
        (self.status, device) = (system, status.st_dev)
    }

    /// - Parameter isBegun: whether a part of the image is there already, so that only the whole can be compared.
    /// - Throws: for an image that has no room, before a byte is written.
    func check(_ list: ImageList, isBegun: Bool) throws(HostFault) {
        let blocks = isBegun ? status.f_blocks : status.f_bavail
        let room = Int(clamping: UInt64(blocks)) * Int(status.f_frsize)
        guard list.unpackedByteCount <= room else {
            throw HostFault(
                "unpack into", path,
                "it needs \(list.unpackedByteCount >> 20) MiB, and \(isBegun ? "the disk has" : "there is room for") \(room >> 20) MiB"
            )
        }
        let nodes = isBegun ? status.f_files : status.f_favail
        if status.f_files > 0, list.entryCount > Int(clamping: UInt64(nodes)) {
            throw HostFault("unpack into", path, "it needs \(list.entryCount) inodes, and there are \(nodes)")
        }
    }

    /// Something that is no folder, on the same file system; nil where there is none.
    func firstFile() throws(HostFault) -> String? { try firstFile(in: path, "") }

    private func firstFile(in folder: String, _ shown: String) throws(HostFault) -> String? {
        for name in try LocalFiles.names(in: folder) {
            if shown.isEmpty, name.hasPrefix(OwnEntries.journalName) { continue }
            var status = stat()
            let path = "\(folder)/\(name)"
            guard lstat(path, &status) == 0 else { throw HostFault("read", path, ErrorNumber.last.text) }
            if status.st_dev != device { continue }
            guard status.st_mode & S_IFMT == S_IFDIR else { return shown + name }
            if let found = try firstFile(in: path, "\(shown)\(name)/") { return found }
        }
        return nil
    }
}
