import SystemCalls
public import Values

/// How each chunk of an image is compressed.
public enum ChunkCompression: String, CaseIterable, Sendable {
    case none
    /// A frame of zstd(1) for each chunk: `cat` of all chunks is a stream that zstd reads.
    case zstd

    /// Whether its program is there.
    public var isAvailable: Bool { self == .none || SearchPath.has(rawValue) }
}

/// Runs the program of a compression, chunk by chunk, with a temporary file between.
public final class ChunkFilter: Sendable {
    private let compression: ChunkCompression
    private let spool: SpoolFile?

    public init(_ compression: ChunkCompression) throws(HostFault) {
        self.compression = compression
        spool = compression == .none ? nil : try SpoolFile(in: ["/dev/shm"] + SpoolFile.folders)
    }

    /// The same bytes for the same input and the same zstd: one thread, no checksum of its own beside the digest.
    public func compressed(_ bytes: [UInt8]) throws(HostFault) -> [UInt8] {
        try run(["-q", "-c", "-9", "--single-thread", "--no-check"], bytes, limit: bytes.count + 65536)
    }

    /// - Parameter byteCount: how many bytes come out: another number is a fault.
    public func decompressed(_ bytes: [UInt8], to byteCount: Int) throws(HostFault) -> [UInt8] {
        let result = try run(["-q", "-d", "-c", "-M64MB"], bytes, limit: byteCount)
        if result.count == byteCount { return result }
        throw HostFault("unpack", "a chunk", "expected \(byteCount) bytes, found \(result.count)")
    }

    private func run(_ options: [String], _ bytes: [UInt8], limit: Int) throws(HostFault) -> [UInt8] {
        guard let spool else { return bytes }
        try spool.clear()
        let program = compression.rawValue
        var child = ChildRun(
            [program] + options, environment: [SearchPath.variable, "LC_ALL=C.UTF-8"], timeout: 600_000)
        (child.input, child.outputFile, child.fileLimit) = (bytes, spool.descriptor, Int64(limit))
        if ThisProcess.isPrivileged { child.identity = ChildRun.Identity(uid: 65534, gid: 65534) }
        let ended: ChildResult
        do throws(ChildFault) {
            ended = try child.result()
        } catch {
            throw HostFault(
                "run", "`\(program)`", "\(error.error.text); the package \(program) brings it", kind: .missing)
        }
        guard ended.exitStatus == 0, !ended.hasTimedOut else {
            let said = ended.output.textLines().last.map { ": \(String($0.prefix(200)).printable)" } ?? ""
            let reason = ended.wasInterrupted ? "it was interrupted" : "it ended with status \(ended.exitStatus)\(said)"
            throw HostFault("run", "`\(program)`", reason)
        }
        return try spool.bytes(at: 0, count: spool.byteCount)
    }
}
