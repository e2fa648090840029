import Crypto
import FoundationEssentials

/// Seals caches that hold something of a secret, so that who reads the file alone learns nothing of it and nobody who lacks
/// the key can change it (ChaCha20-Poly1305, a new nonce each time).
///
/// The key is one host's own and lies beside the caches: it protects what leaves the host, such as a backup of one file, and
/// not against who reads the whole folder. It has no description.
public struct CacheSeal: Sendable {
    private static let magic = Array("lodestar sealed 1\n".utf8)

    private let key: SymmetricKey

    /// - Parameter bytes: 32 bytes, as `newKey` makes them; nil for any other number.
    public init?(key bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        key = SymmetricKey(data: bytes)
    }

    /// The bytes of a new key.
    public static func newKey() -> [UInt8] { SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } }

    /// Whether bytes are a sealed cache, by whatever key.
    public static func isSealed(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    /// - Parameter name: of the cache: one cache cannot be put in another one's place.
    /// - Returns: nil where the cipher fails.
    public func sealed(_ bytes: [UInt8], as name: String) -> [UInt8]? {
        guard let box = try? ChaChaPoly.seal(bytes, using: key, authenticating: Array(name.utf8)) else { return nil }
        return Self.magic + Array(box.combined)
    }

    /// - Returns: nil for what was not sealed with this key, under this name, byte for byte.
    public func opened(_ bytes: [UInt8], as name: String) -> [UInt8]? {
        guard Self.isSealed(bytes), let box = try? ChaChaPoly.SealedBox(combined: bytes[Self.magic.count...]) else {
            return nil
        }
        return (try? ChaChaPoly.open(box, using: key, authenticating: Array(name.utf8))).map { Array($0) }
    }
}
