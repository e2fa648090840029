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
        var inner =
            check + check + SSHBytes.string(Array(type.utf8)) + SSHBytes.string(open) + SSHBytes.string(secret + open)
        inner += SSHBytes.string(Array(comment.utf8))
        inner += (1...8).prefix((8 - inner.count % 8) % 8).map { UInt8($0) }
        let none = SSHBytes.string(Array("none".utf8))
        let body =
            magic + none + none + SSHBytes.string([]) + [0, 0, 0, 1]
            + SSHBytes.string(SSHBytes.string(Array(type.utf8)) + SSHBytes.string(open))
            + SSHBytes.string(inner)
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
        var reader = SSHBytes(bytes.dropFirst(magic.count))
        for _ in 0..<3 { if reader.string() == nil { return nil } }
        guard reader.number(4) == 1, let blob = reader.string() else { return nil }
        var parts = SSHBytes(blob)
        guard let type = parts.string() else { return nil }
        return PublicKey(line: "\(String(decoding: type, as: UTF8.self)) \(Base64.text(of: blob)) \(comment)")
    }
}

extension KeyCreation {
    /// What the file will be: a new private key, or the public half of the one at its path.
    ///
    /// - Parameter seed: as `OpenSSHKey.made` takes it.
    public func content(on host: some HostReading, seed: [UInt8]? = nil) throws(HostFault) -> Content {
        switch half {
        case .secret: return Content(OpenSSHKey.made(comment: comment, seed: seed), isSecret: true)
        case .open(let secret):
            let bytes = try host.contents(of: secret, limit: OpenSSHKey.greatestByteCount)
            guard let key = OpenSSHKey.publicKey(of: bytes, comment: comment) else {
                throw HostFault("write", path.text, "\(secret) is no private key of OpenSSH")
            }
            return Content("\(key.line)\n")
        }
    }
}
