public import Model
public import SignedFiles
import Values

/// What an image says of itself in its first entry: which root it is, and each of its chunks.
public struct ImageList: Sendable, Hashable {
    /// A part of the inner tar, as it stands in the image.
    public struct Chunk: Sendable, Hashable {
        public var byteCount: Int
        public var sha256: Digest

        public init(byteCount: Int, sha256: Digest) { (self.byteCount, self.sha256) = (byteCount, sha256) }
    }

    /// Letters, digits, `.`, `_`, `+`, `~` and `-`.
    public var name: String
    /// Of the same letters; nil where nobody gave one.
    public var version: String?
    public var lifetime: Lifetime
    /// Of each chunk by itself.
    public var compression: ChunkCompression
    /// Of the inner tar.
    public var byteCount: Int
    /// What its files take on a disk with blocks of 4 KiB, in bytes.
    public var unpackedByteCount: Int
    /// How many entries the inner tar has.
    public var entryCount: Int
    /// The inner tar in parts of `chunkSize`, the last one of what is left.
    public var chunks: [Chunk]

    public init(
        name: String, version: String?, lifetime: Lifetime, compression: ChunkCompression, byteCount: Int,
        unpackedByteCount: Int, entryCount: Int, chunks: [Chunk]
    ) {
        (self.name, self.version, self.lifetime) = (name, version, lifetime)
        (self.compression, self.byteCount) = (compression, byteCount)
        (self.unpackedByteCount, self.entryCount, self.chunks) = (unpackedByteCount, entryCount, chunks)
    }

    public static let format = 1
    /// The names of the first entries of an image.
    public static let entryName = "IMAGE", signatureName = "IMAGE.sig"
    /// What the names of all images end with.
    public static let suffix = ".image.tar"

    /// How much of the inner tar a chunk has, in bytes.
    public static let chunkSize = 4 << 20

    /// The name of a chunk in the image.
    public static func name(ofChunk index: Int) -> String {
        let digits = "\(index)"
        return "chunks/" + String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
    }

    /// How much of the inner tar a chunk has.
    public func tarByteCount(ofChunk index: Int) -> Int { min(Self.chunkSize, byteCount - index * Self.chunkSize) }

    /// The bytes of the first entry.
    public var bytes: [UInt8] {
        var members: [Datum.Member] = [.init("format", .int(Int64(Self.format))), .init("name", .string(name))]
        if let version { members.append(.init("version", .string(version))) }
        members += lifetime.members
        members += [
            .init("compression", .string(compression.rawValue)), .init("bytes", .int(Int64(byteCount))),
            .init("unpacked", .int(Int64(unpackedByteCount))), .init("entries", .int(Int64(entryCount))),
            .init("chunks", .list(chunks.map(\.datum))),
        ]
        return Array("\(Datum.map(members).json)\n".utf8)
    }

    /// Names the image: the digest of its first entry.
    public var digest: Digest { Digest(of: bytes) }
}

extension ImageList.Chunk {
    fileprivate var datum: Datum { ["sha256": .string(sha256.hexadecimal), "bytes": .int(Int64(byteCount))] }
}
