import Crypto
public import Model

/// A private key of OpenSSH (its PROTOCOL.key).
public enum OpenSSHKey {
    private static let magic = Array("openssh-key-v1\u{0}".utf8)
    private static let head = "-----BEGIN OPENSSH PRIVATE KEY-----", tail = "-----END OPENSSH PRIVATE KEY-----"
    /// More bytes has no private key.
    public static let greatestByteCount = 1 << 16
    private static let type = "ssh-ed25519"

    /// A new ed25519 key without a passphrase, as the file of the private key.
    ///
    /// - Parameter seed: 32 bytes in place of random ones, for a host in memory.
    public static func made(comment: String, seed: [UInt8]? = nil) -> [UInt8] {
        let random = Curve25519.Signing.PrivateKey()
        let key = seed.flatMap { try? Curve25519.Signing.PrivateKey(rawRepresentation: $0) } ?? random
        let open = Array(key.publicKey.rawRepresentation), secret = Array(key.rawRepresentation)
        // Any number, twice: who deciphers a key with a passphrase sees by it whether it was the right one.
        let check = Array(Digest(of: comment).bytes.prefix(4))
        var inner = check + check + string(Array(type.utf8)) + string(open) + string(secret + open)
        inner += string(Array(comment.utf8))
        inner += (1...8).prefix((8 - inner.count % 8) % 8).map { UInt8($0) }
        let none = string(Array("none".utf8))
        let body =
            magic + none + none + string([]) + [0, 0, 0, 1] + string(string(Array(type.utf8)) + string(open))
            + string(inner)
        let text = Array(Base64.text(of: body).utf8)
        var lines = [head]
        for start in stride(from: 0, to: text.count, by: 70) {
            lines.append(String(decoding: text[start..<min(start + 70, text.count)], as: UTF8.self))
        }
        return Array((lines + [tail, ""]).joined(separator: "\n").utf8)
    }

    /// The public key of a private one, which stands in its head whether or not it has a passphrase.
    public static func publicKey(of privateKey: [UInt8], comment: String) -> PublicKey? {
        let lines = FileLine.lines(of: privateKey).lines.map { $0.text.trimmed }
        guard lines.first == head, let end = lines.firstIndex(of: tail) else { return nil }
        guard let bytes = Base64.bytes(of: lines[1..<end].joined().utf8), bytes.starts(with: magic) else { return nil }
        var rest = bytes.dropFirst(magic.count)
        for _ in 0..<3 { if next(&rest) == nil { return nil } }
        guard rest.prefix(4).elementsEqual([0, 0, 0, 1]) else { return nil }
        rest = rest.dropFirst(4)
        guard let blob = next(&rest) else { return nil }
        var parts = blob
        guard let type = next(&parts) else { return nil }
        return PublicKey(line: "\(String(decoding: type, as: UTF8.self)) \(Base64.text(of: blob)) \(comment)")
    }

    /// A length in four bytes and so many bytes (RFC 4251 §5).
    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
    }

    private static func next(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 4, rest.count - 4 >= count else { return nil }
        let bytes = rest.dropFirst(4).prefix(count)
        rest = rest.dropFirst(4 + count)
        return bytes
    }
}
