/// Bytes that need not fit in memory: their number and digest are known, and they are read in pieces, as often as wanted.
///
/// Two streams are equal when their bytes are.
public struct ByteStream: Sendable, Hashable {
    /// What receives one piece after the other.
    public typealias Sink = (UnsafeRawBufferPointer) throws(HostFault) -> Void

    /// Where the bytes are, for whoever opens them again: a path in the site.
    public let name: String
    public let byteCount: Int
    /// 32 bytes.
    public let sha256: [UInt8]
    private let source: @Sendable (Sink) throws(HostFault) -> Void

    public init(
        _ name: String, byteCount: Int, sha256: [UInt8], source: @escaping @Sendable (Sink) throws(HostFault) -> Void
    ) {
        self.name = name
        self.byteCount = byteCount
        self.sha256 = sha256
        self.source = source
    }

    /// Hands over the bytes from their beginning.
    ///
    /// - Throws: also when there are more or fewer of them than there were.
    public func read(_ sink: Sink) throws(HostFault) {
        var count = 0
        try source { (piece) throws(HostFault) in
            count += piece.count
            if count > byteCount { throw change }
            try sink(piece)
        }
        if count != byteCount { throw change }
    }

    /// The bytes are not those whose digest was taken.
    public var change: HostFault { HostFault("read", name, "it changed since its digest was taken") }

    public static func == (left: ByteStream, right: ByteStream) -> Bool {
        left.byteCount == right.byteCount && left.sha256 == right.sha256
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(sha256) }
}
