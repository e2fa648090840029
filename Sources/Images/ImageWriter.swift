public import SystemFiles
public import Model
import SignedFiles
import SystemCalls

/// Writes a tar of a root as an image: the same bytes for the same tar, name, times and zstd.
public struct ImageWriter {
    public let list: ImageList
    private let spool: SpoolFile

    /// What an image is called, and until when it counts.
    public struct Label: Sendable {
        public var name: String
        public var version: String?
        /// Seconds since 1970; nil: the latest time of an entry, but not later than `now`.
        public var created: Int64?
        /// For how many seconds from then on it counts; nil for ever.
        public var lifetime: Int64?

        public init(name: String, version: String?, created: Int64?, lifetime: Int64?) {
            (self.name, self.version, self.created, self.lifetime) = (name, version, created, lifetime)
        }
    }

    /// Looks at each entry of a tar, and makes its chunks in a temporary file.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - folders: where the temporary file may be.
    ///   - progress: is told how much of the tar is done, in bytes.
    /// - Throws: for a tar that no image may have.
    public init(
        _ tar: ArchiveBytes, _ label: Label, _ compression: ChunkCompression, now: Int64, in folders: [String],
        progress: (_ byteCount: Int) -> Void
    ) throws(HostFault) {
        let inventory = try ImageInventory(tar), filter = try ChunkFilter(compression)
        spool = try SpoolFile(in: folders)
        let created = label.created ?? min(inventory.latest, now)
        var list = ImageList(
            name: label.name, version: label.version,
            lifetime: Lifetime(created: created, expires: label.lifetime.map { created + $0 }),
            compression: compression, byteCount: tar.byteCount, unpackedByteCount: inventory.unpackedByteCount,
            entryCount: inventory.entryCount, chunks: [])
        for start in stride(from: 0, to: tar.byteCount, by: ImageList.chunkSize) {
            let size = min(ImageList.chunkSize, tar.byteCount - start)
            let packed = try filter.compressed(try tar.read(at: start, size))
            try spool.write(packed)
            list.chunks.append(.init(byteCount: packed.count, sha256: Digest(of: packed)))
            progress(start + size)
        }
        self.list = list
        // What is written can be read.
        let problem: String?
        do throws(SourceFault) {
            problem = try ImageList(parsing: list.bytes) == list ? nil : "its list is read otherwise"
        } catch {
            problem = error.reason
        }
        if let problem { throw HostFault("pack", "the image", problem) }
    }

    /// Hands over the image, some bytes at a time.
    ///
    /// - Parameter signature: the lines of `ssh-keygen -Y sign` over the list; nil for an image that nobody has signed.
    public func write(signature: [UInt8]?, to sink: ([UInt8]) throws(HostFault) -> Void) throws(HostFault) {
        try put(ImageList.entryName, list.bytes, sink)
        if let signature { try put(ImageList.signatureName, signature, sink) }
        var place = 0
        for (index, chunk) in list.chunks.enumerated() {
            let bytes = try spool.bytes(at: place, count: chunk.byteCount)
            guard Digest(of: bytes) == chunk.sha256 else {
                throw HostFault("read", "a temporary file", "it changed since its digest was taken")
            }
            try put(ImageList.name(ofChunk: index), bytes, sink)
            place += chunk.byteCount
        }
        try sink(TarHeader.end)
    }

    private func put(
        _ name: String, _ bytes: [UInt8], _ sink: ([UInt8]) throws(HostFault) -> Void
    ) throws(HostFault) {
        let header = TarHeader.block(
            ofFile: Array(name.utf8), mode: 0o644, byteCount: bytes.count, time: Int(list.lifetime.created))
        guard let header else { throw HostFault("write", name, "an image has no header for it") }
        try sink(header)
        try sink(bytes)
        try sink(TarHeader.zeros(after: bytes.count))
    }
}
