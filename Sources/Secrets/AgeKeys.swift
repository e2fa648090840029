import Crypto
import FoundationEssentials

/// A private key of age (`AGE-SECRET-KEY-1...`). It has no description.
public struct AgeIdentity: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey

    /// Reads one line of an identity file; nil for comments, blank lines and other keys.
    public init?(line: some StringProtocol) {
        let text = String(line).filter { !$0.isWhitespace }
        guard let bytes = Bech32.decoded(text, prefix: "age-secret-key-"),
            let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes)
        else { return nil }
        self.key = key
    }

    public static func generated() -> AgeIdentity { AgeIdentity(key: Curve25519.KeyAgreement.PrivateKey()) }

    private init(key: Curve25519.KeyAgreement.PrivateKey) {
        self.key = key
    }

    public var recipient: AgeRecipient { AgeRecipient(key: key.publicKey) }

    /// The line for an identity file.
    public var secretLine: String {
        Bech32.encoded(Array(key.rawRepresentation), prefix: "age-secret-key-").uppercased()
    }

    /// The keys of an identity file, as age-keygen writes it.
    public static func list(in file: [UInt8]) -> [AgeIdentity] {
        String(decoding: file, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { AgeIdentity(line: $0) }
    }
}

/// A public key of age (`age1...`).
public struct AgeRecipient: Sendable {
    let key: Curve25519.KeyAgreement.PublicKey

    public init?(_ text: String) {
        guard let bytes = Bech32.decoded(text, prefix: "age"),
            let key = try? Curve25519.KeyAgreement.PublicKey(rawRepresentation: bytes)
        else { return nil }
        self.key = key
    }

    init(key: Curve25519.KeyAgreement.PublicKey) {
        self.key = key
    }

    public var text: String { Bech32.encoded(Array(key.rawRepresentation), prefix: "age") }
}
