public import Values

/// The bytes of a file: small ones in memory, large ones as a stream, or what is known of those that are there.
public enum FileContent: Sendable, Hashable {
    case whole(Content)
    case stream(ByteStream)
    /// Of a large file on the host; without a digest where the size tells already that it is another content.
    case known(byteCount: Int, Digest?)

    /// The most bytes that are held in memory.
    public static let memoryLimit = 8 << 20

    public var byteCount: Int {
        switch self {
        case .whole(let content): content.bytes.count
        case .stream(let stream): stream.byteCount
        case .known(let byteCount, _): byteCount
        }
    }

    /// nil where nobody took it.
    public var digest: Digest? {
        switch self {
        case .whole(let content): content.digest
        case .stream(let stream): Digest(bytes: stream.sha256)
        case .known(_, let digest): digest
        }
    }

    /// Whether the bytes must never be shown or stored in clear text.
    public var isSecret: Bool {
        if case .whole(let content) = self { content.isSecret } else { false }
    }

    /// Hands over the bytes from their beginning, some at a time.
    public func read(_ sink: ByteStream.Sink) throws(HostFault) {
        switch self {
        case .whole(let content):
            var fault: HostFault?
            content.bytes.withUnsafeBytes { buffer in
                do throws(HostFault) { try sink(buffer) } catch { fault = error }
            }
            if let fault { throw fault }
        case .stream(let stream):
            let found = try Digest { (hash) throws(HostFault) in
                try stream.read { (piece) throws(HostFault) in
                    try hash(piece)
                    try sink(piece)
                }
            }
            if found.bytes != stream.sha256 { throw stream.change }
        case .known: throw HostFault("read", "\(byteCount) bytes", "only their digest is known")
        }
    }

    /// All bytes in memory.
    ///
    /// - Throws: also for more than 256 MiB.
    public var bytes: [UInt8] {
        get throws(HostFault) {
            if case .whole(let content) = self { return content.bytes }
            if byteCount > 256 << 20 { throw HostFault("read", "\(byteCount) bytes", "they are too many for memory") }
            var bytes: [UInt8] = []
            try read { (piece) throws(HostFault) in bytes += piece }
            return bytes
        }
    }

    /// Equal when the bytes are; those that are not at hand count by their digest.
    public static func == (left: FileContent, right: FileContent) -> Bool {
        if case .whole(let one) = left, case .whole(let other) = right { return one == other }
        return left.byteCount == right.byteCount && left.digest != nil && left.digest == right.digest
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(byteCount) }
}

extension FileContent: FieldValue {
    public static var shape: Shape { Content.shape }
    public static var acceptsSecrets: Bool { true }

    public init(decoding node: Node) throws(DecodingFault) {
        if case .stream(let stream) = node.content {
            self = .stream(stream)
        } else {
            self = .whole(try Content(decoding: node))
        }
    }

    public var rendered: Node.Content {
        switch self {
        case .whole(let content): content.rendered
        case .stream(let stream): .stream(stream)
        case .known(_, let digest): .bytes(digest?.bytes ?? [])
        }
    }

    public var shown: ShownText {
        if case .whole(let content) = self { return content.shown }
        return digest.map { .digest(byteCount: byteCount, $0) } ?? .text("\(byteCount) bytes")
    }
}
