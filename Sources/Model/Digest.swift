import Crypto
public import Values

/// The SHA-256 of some bytes.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    public init(of data: some Sequence<UInt8>) {
        var hash = SHA256()
        if data.withContiguousStorageIfAvailable({ hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }) == nil {
            hash.update(data: Array(data))
        }
        bytes = Array(hash.finalize())
    }

    /// Of bytes that come piece by piece.
    public init(reading source: (ByteStream.Sink) throws(HostFault) -> Void) throws(HostFault) {
        var hash = SHA256()
        try source { (piece) throws(HostFault) in hash.update(bufferPointer: piece) }
        bytes = Array(hash.finalize())
    }

    public init(of text: String) {
        var text = text
        self = text.withUTF8 { Digest(of: $0) }
    }

    /// Takes the 32 bytes of a digest; nil for any other number of bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits.
    public init?(hexadecimal text: String) {
        guard text.utf8.count == 64, let bytes = [UInt8](hexadecimal: text) else { return nil }
        self.bytes = bytes
    }

    /// 64 hexadecimal digits.
    public var hexadecimal: String { bytes.hexadecimal }

    /// The first twelve digits, for people.
    public var description: String { String(hexadecimal.prefix(12)) }
}

/// The digest of bytes that come piece by piece.
public struct RunningDigest {
    private var hash = SHA256()

    public init() {}

    public mutating func add(_ piece: [UInt8]) { piece.withUnsafeBytes { hash.update(bufferPointer: $0) } }

    /// Of all bytes so far.
    public var value: Digest? { Digest(bytes: Array(hash.finalize())) }
}
