public import Model

/// A certificate of OpenSSH (its PROTOCOL.certkeys), as far as it has to be known: whose key, for whom, until when. Whether the
/// signature is right, sshd and ssh judge.
public struct OpenSSHCertificate: Sendable, Hashable {
    public let serial: UInt64
    public let isOfHost: Bool
    /// What is logged of it.
    public let identity: String
    public let principals: [String]
    /// Seconds since 1970.
    public let validAfter: UInt64
    public let validBefore: UInt64
    /// The key that is certified.
    public let key: PublicKey
    /// That of the authority.
    public let authority: String

    private static let suffix = "-cert-v01@openssh.com"

    /// Reads a line of a file such as `id_ed25519-cert.pub`; nil for anything else.
    public init?(line: String) {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
        guard words.count >= 2, words[0].hasSuffix(Self.suffix), let bytes = Base64.bytes(of: words[1].utf8) else {
            return nil
        }
        var reader = SSHBytes(bytes[...])
        guard reader.text() == String(words[0]), reader.string() != nil else { return nil }
        let family = String(words[0].dropLast(Self.suffix.count))
        let type = family.hasPrefix("sk-") ? "\(family)@openssh.com" : family
        guard let count = Self.partCounts[type] else { return nil }
        let start = reader.rest
        for _ in 0..<count { if reader.string() == nil { return nil } }
        let parts = start.prefix(start.count - reader.rest.count)
        guard let serial = reader.number(8), let kind = reader.number(4), let identity = reader.text(),
            let names = reader.string(), let after = reader.number(8), let before = reader.number(8),
            reader.string() != nil, reader.string() != nil, reader.string() != nil, let authority = reader.string(),
            reader.string() != nil, reader.rest.isEmpty, kind == 1 || kind == 2
        else { return nil }
        var list = SSHBytes(names), principals: [String] = []
        while let name = list.text() { principals.append(name) }
        let blob = SSHBytes.string(Array(type.utf8)) + parts
        guard let key = PublicKey(line: "\(type) \(Base64.text(of: blob))") else { return nil }
        self.serial = serial
        isOfHost = kind == 2
        self.identity = identity
        self.principals = principals
        (validAfter, validBefore) = (after, before)
        self.key = key
        self.authority = Base64.text(of: authority)
    }

    /// How many parts a public key of a type has behind its name.
    private static let partCounts = [
        "ssh-ed25519": 1, "ssh-rsa": 2, "ecdsa-sha2-nistp256": 2, "ecdsa-sha2-nistp384": 2, "ecdsa-sha2-nistp521": 2,
        "sk-ssh-ed25519@openssh.com": 2, "sk-ecdsa-sha2-nistp256@openssh.com": 3,
    ]
}
