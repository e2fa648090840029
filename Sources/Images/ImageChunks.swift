import SystemFiles
public import Model
import SignedFiles

/// The chunks of an image in their order, each judged by its digest before a byte of it is handed on. Read once: it may be a stream.
public struct ImageChunks {
    public let list: ImageList
    private var reader: ListedTarReader
    /// The number of the next one.
    public private(set) var next = 0

    public init(_ image: TrustedImage) { (list, reader) = (image.list, image.reader) }

    /// The next chunk as it stands in the image; nil behind the last one, where the image ends.
    ///
    /// - Throws: for anything that is not as the list says.
    public mutating func chunk() throws(SourceFault) -> [UInt8]? {
        guard next < list.chunks.count else {
            try reader.end()
            return nil
        }
        let chunk = list.chunks[next], name = ImageList.name(ofChunk: next), start = reader.offset
        let block = try reader.block("`\(name)`")
        let wanted = TarHeader.block(
            ofFile: Array(name.utf8), mode: 0o644, byteCount: chunk.byteCount, time: Int(list.lifetime.created))
        guard block == wanted else {
            let found = FoundEntry(block)
            let text = found.name == name ? "it with another size, mode, owner or time" : found.text
            throw reader.fault("expected `\(name)` as the list has it, found \(text)", at: start)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(chunk.byteCount)
        try reader.content("`\(name)`", chunk.byteCount) { bytes += $0 }
        guard Digest(of: bytes) == chunk.sha256 else {
            throw reader.fault("expected the bytes of `\(name)` that the list says, found others", at: start)
        }
        next += 1
        return bytes
    }
}
