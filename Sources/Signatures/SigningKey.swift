import Crypto
import CryptoExtras
import Values

/// A public key that can sign commits: one of the types of OpenSSH that are safe today, and no certificate.
public struct SigningKey: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case ed25519 = "ssh-ed25519"
        case p256 = "ecdsa-sha2-nistp256"
        case p384 = "ecdsa-sha2-nistp384"
        case p521 = "ecdsa-sha2-nistp521"
        case rsa = "ssh-rsa"
        case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
        case securityKeyP256 = "sk-ecdsa-sha2-nistp256@openssh.com"

        /// What OpenSSH calls the curve in the key.
        var curve: String? {
            switch self {
            case .p256, .securityKeyP256: "nistp256"
            case .p384: "nistp384"
            case .p521: "nistp521"
            case .ed25519, .rsa, .securityKeyEd25519: nil
            }
        }

        var isSecurityKey: Bool {
            switch self {
            case .securityKeyEd25519, .securityKeyP256: true
            case .ed25519, .p256, .p384, .p521, .rsa: false
            }
        }
    }

    public let kind: Kind
    /// As it stands in files and signatures.
    public let blob: [UInt8]
    /// The key itself: of RSA the modulus.
    let value: [UInt8]
    /// Of RSA.
    let exponent: [UInt8]
    /// What a security key was made for, such as `ssh:`.
    let application: [UInt8]

    static let leastModulus = 2048, greatestModulus = 16384

    /// Reads the bytes of a public key; nil for another type, a certificate, a weak key and what is no key.
    public init?(blob: [UInt8]) {
        var reader = WireReader(blob), exponent: [UInt8] = [], application: [UInt8] = [], value: [UInt8]?
        guard let kind = reader.word().flatMap(Kind.init(rawValue:)) else { return nil }
        if let curve = kind.curve, reader.word() != curve { return nil }
        if kind == .rsa {
            guard let number = reader.positive() else { return nil }
            exponent = number
            value = reader.positive()
        } else {
            value = reader.string()
        }
        if kind.isSecurityKey {
            guard let bytes = reader.string() else { return nil }
            application = bytes
        }
        guard let value, reader.isAtEnd else { return nil }
        (self.kind, self.blob, self.value) = (kind, blob, value)
        (self.exponent, self.application) = (exponent, application)
        guard isUsable else { return nil }
    }

    /// Reads `TYPE BASE64`, with or without a comment.
    public init?(line: some StringProtocol) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard words.count >= 2, let blob = Base64.bytes(of: words[1].utf8), let key = SigningKey(blob: blob),
            key.kind.rawValue == words[0]
        else { return nil }
        self = key
    }

    private var isUsable: Bool {
        switch kind {
        case .ed25519, .securityKeyEd25519: (try? Curve25519.Signing.PublicKey(rawRepresentation: value)) != nil
        case .p256, .securityKeyP256:
            (try? P256.Signing.PublicKey(x963Representation: value)) != nil && value.first == 4
        case .p384: (try? P384.Signing.PublicKey(x963Representation: value)) != nil && value.first == 4
        case .p521: (try? P521.Signing.PublicKey(x963Representation: value)) != nil && value.first == 4
        case .rsa: rsaKey != nil
        }
    }

    private var rsaKey: _RSA.Signing.PublicKey? {
        guard let key = try? _RSA.Signing.PublicKey(n: value, e: exponent),
            (Self.leastModulus...Self.greatestModulus).contains(key.keySizeInBits)
        else { return nil }
        return key
    }

    /// As ssh-keygen(1) prints it: `SHA256:` and 43 characters.
    public var fingerprint: Fingerprint { Fingerprint(of: self) }

    // MARK: Signatures

    /// Whether the bytes of a signature are one of a message by this key. One of a security key says that somebody touched it.
    func accepts(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
        var reader = WireReader(signature)
        guard let algorithm = reader.word(), let value = reader.string() else { return false }
        if kind == .rsa { return reader.isAtEnd && acceptsRSA(value, of: bytes, by: algorithm) }
        guard algorithm == kind.rawValue else { return false }
        var signed = bytes
        if kind.isSecurityKey {
            guard let flags = reader.bytes(1), let counter = reader.bytes(4), flags[0] & 1 == 1 else { return false }
            signed = Array(SHA256.hash(data: application)) + flags + counter + Array(SHA256.hash(data: signed))
        }
        guard reader.isAtEnd else { return false }
        switch kind {
        case .ed25519, .securityKeyEd25519:
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.value)
            return value.count == 64 && key?.isValidSignature(value, for: signed) == true
        case .p256, .securityKeyP256:
            guard let raw = Self.pair(value, 32), let key = try? P256.Signing.PublicKey(x963Representation: self.value),
                let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: SHA256.hash(data: signed))
        case .p384:
            guard let raw = Self.pair(value, 48), let key = try? P384.Signing.PublicKey(x963Representation: self.value),
                let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: SHA384.hash(data: signed))
        case .p521:
            guard let raw = Self.pair(value, 66), let key = try? P521.Signing.PublicKey(x963Representation: self.value),
                let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw)
            else { return false }
            return key.isValidSignature(signature, for: SHA512.hash(data: signed))
        case .rsa: return false
        }
    }

    /// The two numbers of an ECDSA signature (RFC 5656 §3.1.2), each with so many bytes.
    private static func pair(_ value: [UInt8], _ byteCount: Int) -> [UInt8]? {
        var reader = WireReader(value)
        guard let r = reader.positive(), let s = reader.positive(), reader.isAtEnd, max(r.count, s.count) <= byteCount
        else { return nil }
        return [r, s].flatMap { [UInt8](repeating: 0, count: byteCount - $0.count) + $0 }
    }

    /// RSASSA-PKCS1-v1_5 with SHA-2 (RFC 8332).
    private func acceptsRSA(_ value: [UInt8], of bytes: [UInt8], by algorithm: String) -> Bool {
        guard let key = rsaKey, value.count == self.value.count else { return false }
        let signature = _RSA.Signing.RSASignature(rawRepresentation: value)
        return switch algorithm {
        case "rsa-sha2-256":
            key.isValidSignature(signature, for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5)
        case "rsa-sha2-512":
            key.isValidSignature(signature, for: SHA512.hash(data: bytes), padding: .insecurePKCS1v1_5)
        default: false
        }
    }
}

/// A public key by its digest, as ssh-keygen(1) prints it.
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    private let digest: [UInt8]

    init(of key: SigningKey) { digest = Array(SHA256.hash(data: key.blob)) }

    /// Reads `SHA256:` and 43 characters.
    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix("SHA256:"), let bytes = Base64.bytes(of: text.dropFirst(7).utf8, .unpadded),
            bytes.count == 32
        else { return nil }
        digest = bytes
    }

    public var description: String { "SHA256:" + Base64.text(of: digest, isPadded: false) }
}
