import Crypto
import Values

/// A signature of `ssh-keygen -Y sign` (OpenSSH's PROTOCOL.sshsig).
public struct SSHSignature: Sendable, Hashable {
    public let key: SigningKey
    /// What it was made for, such as `git`: one for another purpose counts for nothing.
    public let namespace: String
    /// `sha256` or `sha512`.
    public let hash: String
    private let signature: [UInt8]

    private static let magic = Array("SSHSIG".utf8)
    static let head = "-----BEGIN SSH SIGNATURE-----", tail = "-----END SSH SIGNATURE-----"

    /// Why some text is no signature, or none that is taken.
    public enum Fault: Error, Sendable, Hashable {
        /// It is not between the lines of a signature, or no base64.
        case armor
        /// Its parts are not those of version 1, or more than those.
        case form
        /// The key is of a type that is not taken, such as a certificate, DSA or a short RSA.
        case key
        /// The digest of the message is neither SHA-256 nor SHA-512.
        case hash

        public var reason: String {
            switch self {
            case .armor: "it is no SSH signature"
            case .form: "its form is not that of version 1 of an SSH signature"
            case .key: "its key is of no type that is taken: ed25519, ecdsa, rsa of 2048 bits and more, no certificate"
            case .hash: "it is of a digest that is neither SHA-256 nor SHA-512"
            }
        }
    }

    /// Reads the lines of a signature, of which the last one has its end too.
    public init(armored text: [UInt8]) throws(Fault) {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.removeLast().isEmpty, lines.removeFirst().elementsEqual(Self.head.utf8),
            lines.removeLast().elementsEqual(Self.tail.utf8), !lines.contains(where: \.isEmpty),
            let blob = Base64.bytes(of: Array(lines.joined()))
        else { throw .armor }
        try self.init(blob: blob)
    }

    init(blob: [UInt8]) throws(Fault) {
        var reader = WireReader(blob)
        guard reader.bytes(Self.magic.count) == Self.magic, reader.number() == 1, let key = reader.string(),
            let namespace = reader.word(), let reserved = reader.string(), reserved.isEmpty, let hash = reader.word(),
            let signature = reader.string(), reader.isAtEnd
        else { throw .form }
        guard let key = SigningKey(blob: key) else { throw .key }
        guard hash == "sha256" || hash == "sha512" else { throw .hash }
        (self.key, self.namespace, self.hash, self.signature) = (key, namespace, hash, signature)
    }

    /// Whether it is a signature of a message, for a purpose, by its own key: nothing is said of whose that is.
    public func isValid(of bytes: [UInt8], for namespace: String) -> Bool {
        guard namespace == self.namespace else { return false }
        let digest = hash == "sha256" ? Array(SHA256.hash(data: bytes)) : Array(SHA512.hash(data: bytes))
        let signed =
            Self.magic + WireReader.string(namespace) + WireReader.string([UInt8]()) + WireReader.string(hash)
            + WireReader.string(digest)
        return key.accepts(signature, of: signed)
    }
}
