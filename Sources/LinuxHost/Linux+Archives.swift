import Glibc
import SystemFiles
import Images
import Model
import SystemCalls

/// The archives that were looked at, each by its digest and by how many folders its names lose.
struct KnownArchives {
    struct Key: Hashable {
        var digest: Digest
        var strip: Int
    }

    var entries: [Key: [TreeEntry]] = [:]
}

/// Looking at archives: a copy without a name is unpacked into another by the system's own program, and read here.
extension Linux {
    func entries(of archive: ArchiveSource) throws(HostFault) -> ProbeAnswer {
        let key = KnownArchives.Key(digest: archive.digest, strip: archive.strip)
        if let known = archives.entries[key] { return .entries(known) }
        let packed = try SpoolFile()
        let found = try Digest { (hash) throws(HostFault) in
            try self.read(archive.place) { (piece) throws(HostFault) in
                try packed.write(piece)
                try hash(piece)
            }
        }
        guard found == archive.digest else {
            throw HostFault(
                "unpack", "the archive", "its digest is \(found.hexadecimal), not \(archive.digest.hexadecimal)")
        }
        let entries = try tree(packed, strip: archive.strip).entries
        archives.entries[key] = entries
        return .entries(entries)
    }

    private func read(_ place: ArchiveSource.Place, _ sink: ByteStream.Sink) throws(HostFault) {
        switch place {
        case .content(let content): try content.read(sink)
        case .file(let path): try read(path, sink)
        }
    }

    private func tree(_ packed: SpoolFile, strip: Int) throws(HostFault) -> ArchiveTree {
        let bytes = packed.archiveBytes, count = bytes.byteCount
        switch try ArchiveFormat(of: bytes) {
        case .tar: return try ArchiveTree(tar: bytes, packedCount: count, strip: strip)
        case .compressed(let compression):
            let unpacked = try SpoolFile()
            try decompress(packed, to: unpacked, compression, limit: ArchiveTree.byteLimit(count))
            guard try ArchiveFormat(of: unpacked.archiveBytes) == .tar else {
                throw HostFault("unpack", "the archive", "what \(compression.rawValue) makes of it is no tar")
            }
            return try ArchiveTree(tar: unpacked.archiveBytes, packedCount: count, strip: strip)
        case .zip:
            let zip = try ZipDirectory(bytes), members = try SpoolFile(), unpacked = try SpoolFile()
            try zip.writeGzip { (piece) throws(HostFault) in try FileContent.whole(Content(piece)).read(members.write) }
            if members.byteCount > 0 {
                try decompress(members, to: unpacked, .gzip, limit: ArchiveTree.byteLimit(count))
            }
            return try ArchiveTree(zip: zip, unpacked.archiveBytes, packedCount: count, strip: strip)
        case nil: throw ArchiveFormat.unknown
        }
    }

    /// Runs the program of a compression from one file to the other: as nobody, where this process may, and no further
    /// than the limit.
    private func decompress(
        _ packed: SpoolFile, to unpacked: SpoolFile, _ compression: ArchiveFormat.Compression, limit: Int
    ) throws(HostFault) {
        let program = compression.rawValue
        let script = "ulimit -f \(limit / 512 + 1) && exec \"$0\" -dc"
        var run = ChildRun(
            ["/bin/sh", "-c", script, program], environment: [SearchPath.variable, "LC_ALL=C.UTF-8"],
            timeout: 1_800_000)
        (run.inputFile, run.outputFile) = (try packed.rewound(), unpacked.descriptor)
        if geteuid() == 0 { run.identity = ChildRun.Identity(uid: 65534, gid: 65534) }
        let ended: ChildResult
        do throws(ChildFault) {
            ended = try run.result()
        } catch {
            throw HostFault("run", "`\(program)`", error.error.text)
        }
        if ended.exitStatus == 127 || ended.exitStatus == 126 {
            throw HostFault(
                "unpack", "the archive", "it needs `\(program)`, which the package \(compression.package) brings",
                kind: .missing)
        }
        if unpacked.byteCount > limit {
            throw HostFault("unpack", "the archive", "unpacked, it has more than \(limit >> 20) MiB")
        }
        // What follows behind the end, gzip only warns of.
        if ended.exitStatus == 0 || (compression == .gzip && ended.exitStatus == 2) { return }
        let said = ended.output.textLines().last.map { ": \(String($0.prefix(200)).printable)" } ?? ""
        throw HostFault(
            "unpack", "the archive",
            ended.hasTimedOut
                ? "`\(program)` took more than 30 minutes"
                : ended.wasInterrupted
                    ? "it was interrupted" : "`\(program)` ended with status \(ended.exitStatus)\(said)")
    }
}
