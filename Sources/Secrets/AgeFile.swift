import Crypto
import FoundationEssentials
public import Model

/// The encrypted files of age (age-encryption.org/v1, X25519 recipients): what the `age` command writes and reads.
public enum AgeFile {
    static let intro = "age-encryption.org/v1"
    static let wrapLabel = Array("age-encryption.org/v1/X25519".utf8)
    static let chunkSize = 65536

    /// Encrypts for some recipients.
    public static func encrypted(_ plaintext: [UInt8], for recipients: [AgeRecipient]) throws(SecretFault) -> [UInt8] {
        guard !recipients.isEmpty else { throw SecretFault("there is no recipient") }
        do {
            let fileKey = SymmetricKey(size: .bits128)
            var header = intro + "\n"
            for recipient in recipients { header += try stanza(of: fileKey, for: recipient) }
            header += "---"
            let mac = HMAC<SHA256>.authenticationCode(for: Array(header.utf8), using: headerKey(fileKey))
            let nonce = SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) }
            return Array("\(header) \(Base64.text(of: mac, isPadded: false))\n".utf8) + nonce
                + (try AgeStream(payloadKey(fileKey, nonce)).sealed(plaintext))
        } catch {
            throw SecretFault("it cannot be encrypted")
        }
    }

    /// Decrypts with the first identity that fits.
    public static func decrypted(_ file: [UInt8], with identities: [AgeIdentity]) throws(SecretFault) -> [UInt8] {
        let file = try binary(file)
        let header = try AgeHeader(of: file)
        guard let fileKey = header.fileKey(with: identities) else {
            throw SecretFault("it is encrypted for other recipients")
        }
        guard
            HMAC<SHA256>.isValidAuthenticationCode(
                header.mac, authenticating: header.authenticated, using: headerKey(fileKey))
        else { throw SecretFault("its header was changed") }
        let nonce = Array(header.payload.prefix(16))
        guard nonce.count == 16 else { throw SecretFault("it is cut off") }
        return try AgeStream(payloadKey(fileKey, nonce)).opened(header.payload.dropFirst(16))
    }

    private static func headerKey(_ fileKey: SymmetricKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: fileKey, info: Array("header".utf8), outputByteCount: 32)
    }

    private static func payloadKey(_ fileKey: SymmetricKey, _ nonce: [UInt8]) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: fileKey, salt: nonce, info: Array("payload".utf8), outputByteCount: 32)
    }

    private static func stanza(of fileKey: SymmetricKey, for recipient: AgeRecipient) throws -> String {
        let ephemeral = Curve25519.KeyAgreement.PrivateKey()
        let share = Array(ephemeral.publicKey.rawRepresentation)
        let key = try wrapKey(try ephemeral.sharedSecretFromKeyAgreement(with: recipient.key), share, recipient.key)
        let box = try ChaChaPoly.seal(
            fileKey.withUnsafeBytes { Array($0) }, using: key,
            nonce: try ChaChaPoly.Nonce(data: [UInt8](repeating: 0, count: 12)))
        let body = Array(box.ciphertext) + Array(box.tag)
        return "-> X25519 \(Base64.text(of: share, isPadded: false))\n\(Base64.text(of: body, isPadded: false))\n"
    }

    static func wrapKey(
        _ secret: SharedSecret, _ share: [UInt8], _ recipient: Curve25519.KeyAgreement.PublicKey
    ) throws -> SymmetricKey {
        secret.hkdfDerivedSymmetricKey(
            using: SHA256.self, salt: share + Array(recipient.rawRepresentation), sharedInfo: wrapLabel,
            outputByteCount: 32)
    }

    /// The bytes of a file that may be in armour (RFC 7468 without its liberties).
    private static func binary(_ file: [UInt8]) throws(SecretFault) -> [UInt8] {
        let begin = "-----BEGIN AGE ENCRYPTED FILE-----", end = "-----END AGE ENCRYPTED FILE-----"
        guard file.starts(with: begin.utf8) else { return file }
        var lines = String(decoding: file, as: UTF8.self).split(whereSeparator: \.isNewline)
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.first.map(String.init) == begin, lines.last.map(String.init) == end,
            let bytes = Base64.bytes(of: Array(lines.dropFirst().dropLast().joined().utf8))
        else { throw SecretFault("its armour cannot be read") }
        return bytes
    }
}
