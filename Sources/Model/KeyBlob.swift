/// The binary form of a public key (RFC 4253 §6.6, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f): it begins with its own type.
struct KeyBlob {
    private var rest: ArraySlice<UInt8>
    let type: String

    /// - Returns: nil for what is no base64, or no key.
    init?(base64: String) {
        guard base64.utf8.count <= 1 << 16, let bytes = Base64.bytes(of: base64.utf8) else { return nil }
        var whole = KeyBlob(rest: bytes[...], type: "")
        guard let name = whole.string(), !name.isEmpty, name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        self = KeyBlob(rest: whole.rest, type: String(decoding: name, as: UTF8.self))
    }

    private init(rest: ArraySlice<UInt8>, type: String) {
        self.rest = rest
        self.type = type
    }

    /// Whether the parts are those of the type, and nothing follows them; true for types that are not known here.
    var isComplete: Bool {
        var blob = self
        switch type {
        case "ssh-ed25519": return blob.string()?.count == 32 && blob.rest.isEmpty
        case "sk-ssh-ed25519@openssh.com":
            return blob.string()?.count == 32 && blob.string() != nil && blob.rest.isEmpty
        case "ssh-rsa":
            guard blob.string() != nil, let modulus = blob.string(), blob.rest.isEmpty else { return false }
            // sshd takes none below 1,024 bits.
            return modulus.drop { $0 == 0 }.count >= 128
        case "ssh-dss": return (0..<4).allSatisfy { _ in blob.string() != nil } && blob.rest.isEmpty
        case "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521":
            return blob.hasPoint(curve: String(type.dropFirst("ecdsa-sha2-".count))) && blob.rest.isEmpty
        case "sk-ecdsa-sha2-nistp256@openssh.com":
            return blob.hasPoint(curve: "nistp256") && blob.string() != nil && blob.rest.isEmpty
        default: return true
        }
    }

    private mutating func hasPoint(curve: String) -> Bool {
        let sizes = ["nistp256": 65, "nistp384": 97, "nistp521": 133]
        guard let name = string(), name.elementsEqual(curve.utf8), let point = string() else { return false }
        return point.count == sizes[curve] && point.first == 4
    }

    /// A length in four bytes and so many bytes.
    private mutating func string() -> ArraySlice<UInt8>? {
        guard rest.count >= 4 else { return nil }
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count - 4 >= count else { return nil }
        let bytes = rest.dropFirst(4).prefix(count)
        rest = rest.dropFirst(4 + count)
        return bytes
    }
}
