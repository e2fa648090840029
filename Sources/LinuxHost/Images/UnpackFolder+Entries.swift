import CShim
import Glibc
import SystemFiles
import Images
import Model
import SystemCalls

/// Putting entries into the folder. What an interrupted unpacking left at a place is replaced.
extension UnpackFolder {
    /// Writes a plain file with all that belongs to it.
    ///
    /// - Parameter body: hands over pieces of it, each with its place in the file.
    func writeFile(
        _ entry: ImageEntry, byteCount: Int,
        _ body: ((_ offset: Int, _ piece: [UInt8]) throws(HostFault) -> Void) throws(HostFault) -> Void
    ) throws(HostFault) {
        let parent = try parent(of: entry.place)
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        var file = openat(parent, entry.place.last, flags, 0o600)
        if file < 0, errno == EEXIST {
            try clear(entry.place, parent)
            file = openat(parent, entry.place.last, flags, 0o600)
        }
        guard file >= 0 else { throw fault("write", entry.place, .last) }
        defer { close(file) }
        var end = 0
        try body { (offset, piece) throws(HostFault) in
            var done = 0
            while done < piece.count {
                let count = piece.withUnsafeBytes {
                    pwrite(file, $0.baseAddress?.advanced(by: done), piece.count - done, off_t(offset + done))
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw fault("write", entry.place, .last) }
                done += count
            }
            end = offset + done
        }
        if end < byteCount, ftruncate(file, off_t(byteCount)) != 0 { throw fault("write", entry.place, .last) }
        try setAttributes(of: file, entry)
    }

    /// Makes a folder, whose attributes come when all that is in it is there.
    func makeDirectory(_ entry: ImageEntry) throws(HostFault) {
        if entry.place.isTop { return }
        let parent = try parent(of: entry.place)
        if mkdirat(parent, entry.place.last, 0o700) == 0 { return }
        let error = ErrorNumber.last
        var status = stat()
        guard error.number == EEXIST, fstatat(parent, entry.place.last, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT == S_IFDIR
        else { throw fault("make", entry.place, error) }
    }

    func finishDirectory(_ entry: ImageEntry) throws(HostFault) {
        let opened = directory(entry.place.whole, O_RDONLY)
        guard opened >= 0 else { throw fault("finish", entry.place, ErrorNumber(-opened)) }
        defer { close(opened) }
        try setAttributes(of: opened, entry)
    }

    /// Owner, permissions, extended attributes and time, in the order in which none takes another one away.
    private func setAttributes(of file: Int32, _ entry: ImageEntry) throws(HostFault) {
        guard fchown(file, uid_t(entry.owner), gid_t(entry.group)) == 0 else {
            throw fault("give away", entry.place, .last)
        }
        guard fchmod(file, mode_t(entry.mode)) == 0 else { throw fault("set the mode of", entry.place, .last) }
        for (name, value) in entry.attributes where lodestar_set_attribute(file, nil, name, value, value.count) != 0 {
            throw fault("set `\(name.printable)` of", entry.place, .last)
        }
        guard futimens(file, Self.times(of: entry)) == 0 else { throw fault("set the time of", entry.place, .last) }
    }

    func makeLink(_ entry: ImageEntry, to target: [CChar]) throws(HostFault) {
        let parent = try parent(of: entry.place)
        try make(entry.place, parent) { symlinkat(target, parent, entry.place.last) }
        try setAttributes(ofNamed: entry, parent)
    }

    func makeHardLink(_ entry: ImageEntry, to other: ImageEntry.Place) throws(HostFault) {
        let parent = try parent(of: entry.place)
        let source = directory(other.parent, OpenFile.pathOnly)
        guard source >= 0 else { throw fault("reach", other, ErrorNumber(-source)) }
        defer { close(source) }
        try make(entry.place, parent) { linkat(source, other.last, parent, entry.place.last, 0) }
    }

    /// A device or, without numbers, a fifo.
    func makeNode(_ entry: ImageEntry, _ kind: mode_t, _ numbers: (major: Int, minor: Int)?) throws(HostFault) {
        let parent = try parent(of: entry.place)
        let (major, minor) = numbers.map { (UInt32($0.major), UInt32($0.minor)) } ?? (0, 0)
        try make(entry.place, parent) { lodestar_make_node(parent, entry.place.last, kind | 0o600, major, minor) }
        try setAttributes(ofNamed: entry, parent)
    }

    private func make(
        _ place: ImageEntry.Place, _ parent: Int32, _ body: () -> Int32
    ) throws(HostFault) {
        if body() == 0 { return }
        if errno == EEXIST {
            try clear(place, parent)
            if body() == 0 { return }
        }
        throw fault("make", place, .last)
    }

    private func clear(_ place: ImageEntry.Place, _ parent: Int32) throws(HostFault) {
        if unlinkat(parent, place.last, 0) != 0, errno != ENOENT { throw fault("replace", place, .last) }
    }

    /// The same of what cannot be opened: it was made just now, in a folder that nobody else writes to.
    private func setAttributes(ofNamed entry: ImageEntry, _ parent: Int32) throws(HostFault) {
        let name = entry.place.last
        guard fchownat(parent, name, uid_t(entry.owner), gid_t(entry.group), AT_SYMLINK_NOFOLLOW) == 0 else {
            throw fault("give away", entry.place, .last)
        }
        if case .link = entry.body {
        } else if fchmodat(parent, name, mode_t(entry.mode), 0) != 0 {
            throw fault("set the mode of", entry.place, .last)
        }
        for (attribute, value) in entry.attributes
        where lodestar_set_attribute(parent, name, attribute, value, value.count) != 0 {
            throw fault("set `\(attribute.printable)` of", entry.place, .last)
        }
        guard utimensat(parent, name, Self.times(of: entry), AT_SYMLINK_NOFOLLOW) == 0 else {
            throw fault("set the time of", entry.place, .last)
        }
    }

    private static func times(of entry: ImageEntry) -> [timespec] {
        let time = timespec(tv_sec: entry.time.seconds, tv_nsec: entry.time.nanoseconds)
        return [time, time]
    }
}
