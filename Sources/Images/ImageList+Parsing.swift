public import Model
import SignedFiles
import Values

extension ImageList {
    static let origin = StrictObject.Origin(entryName, madeBy: "lodestar image pack")

    /// Reads the first entry of an image strictly: each key once, no others, and chunks that make up the tar.
    public init(parsing bytes: [UInt8]) throws(SourceFault) {
        let object = try StrictObject(
            parsing: bytes, of: Self.origin, "the list", format: Self.format,
            required: ["name", "created", "compression", "bytes", "unpacked", "entries", "chunks"],
            more: ["version", "expires"])
        func word(_ key: String) throws(SourceFault) -> String {
            try object.value(key, Self.wordForm) { Self.isWord($0) ? $0 : nil }
        }
        name = try word("name")
        version = object.has("version") ? try word("version") : nil
        lifetime = try object.lifetime()
        compression = try object.value("compression", "none or zstd") { ChunkCompression(rawValue: $0) }
        byteCount = try object.number("bytes")
        unpackedByteCount = try object.number("unpacked")
        entryCount = try object.number("entries")
        chunks = []
        for (index, item) in try object.list("chunks").enumerated() {
            let chunk = try StrictObject(
                item, of: Self.origin, "`chunks`, item \(index + 1)", required: ["sha256", "bytes"])
            chunks.append(Chunk(byteCount: try chunk.number("bytes"), sha256: try chunk.digest("sha256")))
        }
        if let problem { throw Self.origin.fault(problem) }
    }

    /// Why there is no such image, in words; nil for one that can be.
    var problem: String? {
        guard byteCount > 0 else { return "expected a tar, found none" }
        guard byteCount <= Self.byteLimit else { return "expected at most \(Self.byteLimit >> 30) GiB, found more" }
        guard unpackedByteCount <= Self.byteLimit * 4, entryCount <= Self.entryLimit else {
            return "expected at most \(Self.entryLimit) entries and \(Self.byteLimit >> 28) GiB unpacked, found more"
        }
        let count = (byteCount + Self.chunkSize - 1) / Self.chunkSize
        guard chunks.count == count else {
            return "expected \(count.counted("chunk")) for \(byteCount) bytes, found \(chunks.count)"
        }
        for (index, chunk) in chunks.enumerated() {
            let size = tarByteCount(ofChunk: index)
            let isRight = compression == .none ? chunk.byteCount == size : (1...size + 65536).contains(chunk.byteCount)
            if !isRight { return "expected a chunk \(index) of \(size) bytes, found one of \(chunk.byteCount)" }
        }
        return nil
    }

    public static let wordForm = "letters, digits, `.`, `_`, `+`, `~` and `-`"

    /// Whether a text can be the name or the version of an image.
    public static func isWord(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isASCIIWord || "._+~-".utf8.contains($0) }
            && text.utf8.first?.isASCIIWord == true
    }

    /// The most bytes of an inner tar, and the most entries.
    static let byteLimit = 256 << 30, entryLimit = 16 << 20
}
