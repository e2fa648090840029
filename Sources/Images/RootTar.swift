public import SystemFiles
import Model
public import SystemCalls
public import Values

/// The tar that an image is made of: of a folder by GNU tar with fixed options, or of a tar file, unpacked where it is compressed.
public enum RootTar {
    /// The bytes of a tar of any compression, or of a folder.
    ///
    /// - Parameters:
    ///   - folders: where a temporary file may be.
    ///   - note: is told what a person should know.
    public static func bytes(of path: String, in folders: [String], note: (String) -> Void) throws(HostFault)
        -> ArchiveBytes
    {
        switch LocalStatus(of: path)?.kind {
        case .directory: return try packed(path, in: folders, note)
        case .file: break
        case nil: throw HostFault.absent("read", path, kind: .missing)
        case .link, .other: throw HostFault("read", path, "expected a folder or a tar, found something else")
        }
        let file = try RangeFile(path)
        let bytes = ArchiveBytes(byteCount: Int(file.byteCount)) { (range) throws(HostFault) in
            try file.bytes(at: UInt64(range.lowerBound), count: range.count)
        }
        switch try ArchiveFormat(of: bytes) {
        case .tar: return bytes
        case .compressed(let compression):
            let program = compression.rawValue
            note("unpacking \(path) by \(program)")
            return try run([program, "-dc", "--", path], in: folders, note).archiveBytes
        case .zip, nil: throw HostFault("read", path, "expected a folder or a tar, found something else")
        }
    }

    /// Sorted by name, numeric owners, all extended attributes (access lists and capabilities are among them, as the kernel has
    /// them), one file system; neither the process nor the time of reading is in it. Sockets are left out.
    private static let options = [
        "--create", "--format=pax", "--sort=name", "--numeric-owner", "--one-file-system",
        "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime", "--xattrs", "--xattrs-include=*",
        "--warning=no-file-ignored",
    ]

    private static func packed(
        _ path: String, in folders: [String], _ note: (String) -> Void
    ) throws(HostFault) -> ArchiveBytes {
        if !ThisProcess.isPrivileged { note("without root, files of others and some attributes are out of reach") }
        return try run(["tar"] + options + ["--file=-", "--directory", path, "."], in: folders, note).archiveBytes
    }

    /// Runs a program whose output goes into a temporary file.
    private static func run(
        _ words: [String], in folders: [String], _ note: (String) -> Void
    ) throws(HostFault) -> SpoolFile {
        let spool = try SpoolFile(in: folders)
        var child = ChildRun(words, environment: [SearchPath.variable, "LC_ALL=C.UTF-8"], timeout: 24 * 3_600_000)
        child.outputFile = spool.descriptor
        let ended = try child.ended()
        guard ended.exitStatus == 0 else {
            let said = ended.output.textLines().last.map { ": \(String($0.prefix(300)).printable)" } ?? ""
            let reason = ended.wasInterrupted ? "it was interrupted" : "it ended with status \(ended.exitStatus)\(said)"
            throw HostFault("run", "`\(words[0])`", reason)
        }
        for line in ended.output.textLines().prefix(20) { note(String(line.prefix(300)).printable) }
        return spool
    }
}

extension SpoolFile {
    /// The bytes, which keep the file.
    public var archiveBytes: ArchiveBytes {
        ArchiveBytes(byteCount: byteCount) { (range) throws(HostFault) in
            let bytes = try self.bytes(at: range.lowerBound, count: range.count)
            guard bytes.count == range.count else { throw HostFault("read", "a temporary file", "it is cut") }
            return bytes
        }
    }
}
