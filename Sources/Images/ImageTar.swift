public import SystemFiles
public import Model

/// The inner tar of an image while it is read from its beginning to its end: one chunk of it is held, and the next comes when it is
/// asked for.
public final class ImageTar: Sendable {
    public let list: ImageList
    private let filter: ChunkFilter
    nonisolated(unsafe) private var chunks: ImageChunks
    nonisolated(unsafe) private var held: [UInt8] = []
    /// Where what is held begins.
    nonisolated(unsafe) private var start = 0
    nonisolated(unsafe) private var heard: SourceFault?
    private let progress: @Sendable (_ byteCount: Int) -> Void

    /// - Parameter progress: is told how much of the tar was judged, in bytes, chunk by chunk.
    public init(_ image: TrustedImage, progress: @escaping @Sendable (_ byteCount: Int) -> Void) throws(HostFault) {
        (list, chunks, self.progress) = (image.list, ImageChunks(image), progress)
        filter = try ChunkFilter(image.list.compression)
    }

    /// Why the image is not taken; nil where nothing was found yet. What reads the tar hears the same as a fault of the host.
    public var fault: SourceFault? { heard }

    /// The bytes, which are asked for in order: what lies before those that were asked for last is gone.
    public var bytes: ArchiveBytes {
        ArchiveBytes(byteCount: list.byteCount) { (range) throws(HostFault) in try self.read(range) }
    }

    /// Reads what is left of the image: its end.
    public func finish() throws(HostFault) {
        while try advance() {}
    }

    private func read(_ range: Range<Int>) throws(HostFault) -> [UInt8] {
        guard range.lowerBound >= start else { throw HostFault("read", "the image", "it is read once") }
        while range.lowerBound >= start + held.count { try take() }
        if range.upperBound <= start + held.count {
            return Array(held[(range.lowerBound - start)..<(range.upperBound - start)])
        }
        var bytes = Array(held[(range.lowerBound - start)...])
        while bytes.count < range.count {
            try take()
            bytes += held.prefix(range.count - bytes.count)
        }
        return bytes
    }

    private func take() throws(HostFault) {
        if try !advance() { throw HostFault("read", "the image", "it ends before its end") }
    }

    /// Takes the next chunk; false behind the last one.
    private func advance() throws(HostFault) -> Bool {
        let number = chunks.next, packed: [UInt8]?
        do throws(SourceFault) {
            packed = try chunks.chunk()
        } catch {
            heard = error
            throw HostFault("read", "the image", error.reason)
        }
        guard let packed else { return false }
        start += held.count
        held = []
        held = try filter.decompressed(packed, to: list.tarByteCount(ofChunk: number))
        progress(start + held.count)
        return true
    }
}
