import Crypto
import Values

/// The name of an object: the SHA-1 of its kind, its size and its bytes.
public struct GitID: Sendable, Hashable, CustomStringConvertible {
    /// 20 bytes.
    public let bytes: [UInt8]

    /// Takes 20 bytes; nil for any other number.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 20 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Reads 40 hexadecimal digits in lower case.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 40, !text.utf8.contains(where: { (0x41...0x46).contains($0) }) else { return nil }
        guard let bytes = [UInt8](hexadecimal: text) else { return nil }
        self.bytes = bytes
    }

    public var description: String { bytes.hexadecimal }
}

/// The kinds of objects, as cat-file calls them.
public enum GitKind: String, Sendable {
    case commit, tree, blob, tag
}

/// The hash of one object that comes piece by piece.
struct GitHash {
    private var hash = Insecure.SHA1()

    init(_ kind: GitKind, byteCount: Int) {
        hash.update(data: Array("\(kind.rawValue) \(byteCount)\0".utf8))
    }

    mutating func add(_ piece: UnsafeRawBufferPointer) { hash.update(bufferPointer: piece) }

    var id: GitID? { GitID(bytes: Array(hash.finalize())) }
}
