import Glibc
import SystemFiles
public import Images
public import Model
import SystemCalls

/// Unpacks an image into a folder, which then is the root of an operating system at its first boot.
///
/// Interrupted at any instant, it goes on with the same image: what is on the disk is not written again. The mark comes last.
public struct ImageUnpacking {
    private let image: TrustedImage
    private let folder: UnpackFolder
    private let progress: @Sendable (_ done: Int, _ total: Int) -> Void
    private var list: ImageList { image.list }

    /// After so many bytes of the tar all is written to the disk, and the journal says so.
    private static let step = 64 << 20

    /// - Parameter progress: is told how much of the tar was judged, and how much there is, in bytes.
    public init(
        _ image: TrustedImage, into folder: String,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(HostFault) {
        (self.image, self.folder, self.progress) = (image, try UnpackFolder(folder), progress)
    }

    /// - Returns: false where the image was there already.
    /// - Throws: `SourceFault` for an image that is not as its list says, `HostFault` for what the machine does not do; then there is no
    ///   mark.
    public func run() throws -> Bool {
        if let there = try UnpackedImage(of: folder.path) {
            guard there.digest == list.digest.hexadecimal else {
                throw HostFault("unpack into", folder.path, "another image is there: \(there.name.printable)")
            }
            try UnpackRecord.removeJournal(of: folder.path)
            return false
        }
        let done = try begin(), total = list.byteCount, progress = progress
        let tar = try ImageTar(image) { progress($0, total) }
        do throws(HostFault) {
            let directories = try unpack(tar, after: done)
            try tar.finish()
            try finish(directories)
        } catch {
            throw tar.fault ?? error as any Error
        }
        return true
    }

    /// Looks whether there is room, and what is there.
    ///
    /// - Returns: up to which byte of the tar all is on the disk.
    private func begin() throws(HostFault) -> Int {
        let room = try UnpackRoom(folder)
        if let journal = try UnpackRecord.journal(of: folder.path) {
            guard journal.image == list.digest.hexadecimal else {
                throw HostFault(
                    "unpack into", folder.path, "a part of another image is there: make its file system anew")
            }
            try room.check(list, isBegun: true)
            return journal.done
        }
        if let found = try room.firstFile() {
            throw HostFault(
                "unpack into", folder.path, "expected an empty folder, found `\(found.printable)`")
        }
        try room.check(list, isBegun: false)
        try UnpackRecord.note(0, of: list, in: folder.path)
        return 0
    }

    /// - Returns: the folders, whose attributes are still to be set.
    private func unpack(_ tar: ImageTar, after done: Int) throws(HostFault) -> [ImageEntry] {
        let bytes = tar.bytes
        var reader = TarReader(bytes), directories: [ImageEntry] = [], synced = done
        while let raw = try reader.next() {
            let entry = try ImageEntry(raw), fate = try OwnEntries.fate(of: entry)
            if case .directory = entry.body { directories.append(entry) }
            if reader.offset <= done || fate == .leftOut { continue }
            try put(entry, fate, bytes)
            if reader.offset - synced >= Self.step {
                try folder.sync()
                try UnpackRecord.note(reader.offset, of: list, in: folder.path)
                synced = reader.offset
            }
        }
        return directories
    }

    private func put(_ entry: ImageEntry, _ fate: OwnEntries.Fate, _ bytes: ArchiveBytes) throws(HostFault) {
        if case .replaced(let content) = fate {
            return try folder.writeFile(entry, byteCount: content.count) { (write) throws(HostFault) in
                try write(0, content)
            }
        }
        switch entry.body {
        case .file:
            try folder.writeFile(entry, byteCount: entry.byteCount) { (write) throws(HostFault) in
                for segment in entry.segments {
                    var place = segment.start
                    try bytes.pieces(at: segment.offset, segment.count) { (piece) throws(HostFault) in
                        try write(place, piece)
                        place += piece.count
                    }
                }
            }
        case .directory: try folder.makeDirectory(entry)
        case .link(let target): try folder.makeLink(entry, to: target)
        case .hardLink(let other): try folder.makeHardLink(entry, to: other)
        case .device(let isBlock, let major, let minor):
            try folder.makeNode(entry, isBlock ? S_IFBLK : S_IFCHR, (major, minor))
        case .fifo: try folder.makeNode(entry, S_IFIFO, nil)
        }
    }

    private func finish(_ directories: [ImageEntry]) throws(HostFault) {
        try FirstBootFiles.write(to: folder)
        _ = try StateFolder.made(below: folder.path)
        for entry in directories.reversed() { try folder.finishDirectory(entry) }
        try folder.sync()
        try UnpackedImage.mark(list, in: folder.path)
        try UnpackRecord.removeJournal(of: folder.path)
        if let top = directories.last(where: \.place.isTop) { try folder.finishDirectory(top) }
    }
}
