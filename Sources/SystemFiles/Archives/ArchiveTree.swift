public import Model

/// What an archive brings, after every entry was looked at: nothing of it can leave the folder that it is unpacked into.
public struct ArchiveTree {
    public private(set) var entries: [TreeEntry] = []
    private var places: [AbsolutePath: Int] = [:]
    /// The files by their names in the archive, for hard links.
    private var files: [AbsolutePath: (content: FileContent, permissions: Permissions)] = [:]
    private let bytes: ArchiveBytes
    private let strip: Int
    private var total = 0

    /// The most entries of an archive.
    public static let entryLimit = 1_000_000

    /// The most bytes that an archive of some size may be unpacked: what has more is a bomb.
    public static func byteLimit(_ packedCount: Int) -> Int { (256 << 20) + packedCount * 100 }

    /// Of a tar file.
    ///
    /// - Parameter packedCount: the size of the archive.
    public init(tar bytes: ArchiveBytes, packedCount: Int, strip: Int) throws(HostFault) {
        self.init(bytes, strip)
        var reader = TarReader(bytes)
        while let entry = try reader.next() { try add(entry, Self.byteLimit(packedCount)) }
        try finish()
    }

    /// Of a zip file.
    ///
    /// - Parameter bytes: what gzip(1) makes of the directory's members.
    public init(zip: ZipDirectory, _ bytes: ArchiveBytes, packedCount: Int, strip: Int) throws(HostFault) {
        self.init(bytes, strip)
        for entry in try zip.entries(bytes) { try add(entry, Self.byteLimit(packedCount)) }
        try finish()
    }

    private init(_ bytes: ArchiveBytes, _ strip: Int) {
        self.bytes = bytes
        self.strip = strip
    }

    private static func fault(_ name: [UInt8], _ reason: String) -> HostFault {
        ArchiveBytes.fault("`\(String(decoding: name.prefix(300), as: UTF8.self).printable)` in it \(reason)")
    }

    private mutating func add(_ raw: RawEntry, _ byteLimit: Int) throws(HostFault) {
        if entries.count >= Self.entryLimit { throw ArchiveBytes.fault("it has more than \(Self.entryLimit) entries") }
        switch raw.kind {
        case .file, .directory, .link, .hardLink: break
        case .device: throw Self.fault(raw.name, "is a device")
        case .fifo: throw Self.fault(raw.name, "is a fifo")
        case .other(let what): throw Self.fault(raw.name, "is \(what)")
        }
        let name = try Self.parts(raw.name, raw.name)
        let whole = try Self.path(name, raw.name)
        let path = name.count > strip ? try Self.path(Array(name.dropFirst(strip)), raw.name) : nil
        var permissions = try Self.permissions(raw)
        let body: TreeEntry.Body
        switch raw.kind {
        case .device, .fifo, .other: return
        case .directory: body = .directory
        case .link(let target): body = .link(try Self.text(target, raw.name, "its target"))
        case .file:
            total += raw.byteCount
            guard raw.byteCount <= byteLimit, total <= byteLimit else {
                throw Self.fault(raw.name, "makes it more than \(byteLimit >> 20) MiB, unpacked")
            }
            let content = try content(raw)
            files[whole] = (content, permissions)
            body = .file(content)
        case .hardLink(let target):
            guard let file = files[try Self.path(try Self.parts(target, raw.name), raw.name)] else {
                throw Self.fault(raw.name, "is a hard link to something that is no file before it")
            }
            body = .file(file.content)
            permissions = file.permissions
        }
        guard let path, path != .root else {
            if case .directory = body { return }
            // Above what is unpacked: as with tar(1), it is left out.
            if name.isEmpty { throw Self.fault(raw.name, "has no name") }
            return
        }
        try put(TreeEntry(path, body, permissions), raw.name)
    }

    private mutating func put(_ entry: TreeEntry, _ name: [UInt8]) throws(HostFault) {
        if let index = places[entry.path] {
            guard entry.kind == .directory, entries[index].kind == .directory else {
                throw Self.fault(name, "is in it twice")
            }
            return entries[index] = entry
        }
        places[entry.path] = entries.count
        entries.append(entry)
    }

    /// The parts of a name, without those that say nothing.
    ///
    /// By their bytes, as the kernel has them: a combining mark behind a slash makes another character of both.
    private static func parts(_ bytes: [UInt8], _ name: [UInt8]) throws(HostFault) -> [ArraySlice<UInt8>] {
        _ = try text(bytes, name, "its name")
        if bytes.first == slash { throw fault(name, "has an absolute name") }
        let parts = bytes.split(separator: slash).filter { $0 != [dot] }
        if parts.contains([dot, dot]) { throw fault(name, "leads out of it by `..`") }
        return parts
    }

    private static let slash = UInt8(ascii: "/"), dot = UInt8(ascii: ".")

    private static func text(_ bytes: [UInt8], _ name: [UInt8], _ what: String) throws(HostFault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw fault(name, "is refused: \(what) is not UTF-8")
        }
        if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.isHiddenControl }) {
            throw fault(name, "is refused: \(what) has control characters")
        }
        return text
    }

    private static func path(_ parts: [ArraySlice<UInt8>], _ name: [UInt8]) throws(HostFault) -> AbsolutePath {
        guard let path = AbsolutePath("/" + String(decoding: Array(parts.joined(separator: [slash])), as: UTF8.self))
        else {
            throw fault(name, "has a name that is too long")
        }
        return path
    }

    /// What root gives to others, nobody but the owner may write to, whatever the archive says.
    private static func permissions(_ raw: RawEntry) throws(HostFault) -> Permissions {
        switch raw.kind {
        case .link: return Permissions(0o777)
        case .directory: return Permissions(UInt16(truncatingIfNeeded: (raw.mode ?? 0o755) & 0o755 | 0o700))
        case .file, .hardLink, .device, .fifo, .other:
            if let mode = raw.mode, mode & 0o6000 != 0, raw.kind == .file {
                throw fault(raw.name, "sets the user or the group of whoever runs it")
            }
            return Permissions(UInt16(truncatingIfNeeded: (raw.mode ?? 0o644) & 0o755 | 0o400))
        }
    }

    private func content(_ raw: RawEntry) throws(HostFault) -> FileContent {
        let bytes = bytes, segments = raw.segments, count = raw.byteCount
        @Sendable func read(_ sink: ByteStream.Sink) throws(HostFault) {
            var position = 0
            func put(_ piece: [UInt8]) throws(HostFault) {
                position += piece.count
                try FileContent.whole(Content(piece)).read(sink)
            }
            func putZeros(upTo end: Int) throws(HostFault) {
                while position < end { try put([UInt8](repeating: 0, count: min(1 << 18, end - position))) }
            }
            for segment in segments {
                try putZeros(upTo: segment.start)
                try bytes.pieces(at: segment.offset, segment.count, put)
            }
            try putZeros(upTo: count)
        }
        let digest = try Digest(reading: read)
        return .stream(
            ByteStream(
                String(decoding: raw.name, as: UTF8.self), byteCount: count, sha256: digest.bytes, source: read))
    }

    /// Adds the folders that nobody names, and looks at what lies below what and where links lead.
    private mutating func finish() throws(HostFault) {
        do throws(TreeLayout.Fault) {
            entries = try TreeLayout(entries).entries
        } catch {
            throw Self.fault(Array(error.path.text.utf8.dropFirst()), error.reason)
        }
        if entries.isEmpty, strip > 0 {
            throw ArchiveBytes.fault("nothing is left of it without the first \(strip) parts of each name")
        }
    }
}
