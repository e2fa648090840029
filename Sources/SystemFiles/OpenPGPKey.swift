import Model

/// A public key in ASCII armor (RFC 9580 §6), as far as apt(8) reads it: one block, which base64 can decode.
public struct OpenPGPKey: Sendable, Hashable {
    /// The packets of the key.
    public let packets: [UInt8]

    /// - Returns: nil where it is neither one block of armor nor the packets of a public key.
    public init?(_ bytes: [UInt8]) {
        if Self.areKey(bytes) {
            packets = bytes
        } else if let found = Self.dearmored(bytes) {
            packets = found
        } else {
            return nil
        }
    }

    /// The key that stands in a field of a source, where a line with one dot stands for an empty one.
    public init?(signature: String) {
        let lines = signature.split(separator: "\n", omittingEmptySubsequences: false).map { $0 == "." ? "" : $0 }
        self.init(Array(lines.joined(separator: "\n").utf8))
    }

    /// The key in ASCII armor.
    public var armored: String {
        let text = Array(Base64.text(of: packets).utf8), sum = Self.checksum(of: packets)
        let lines = stride(from: 0, to: text.count, by: 64).map {
            String(decoding: text[$0..<min($0 + 64, text.count)], as: UTF8.self)
        }
        let check = Base64.text(of: [UInt8(sum >> 16 & 0xFF), UInt8(sum >> 8 & 0xFF), UInt8(sum & 0xFF)])
        return
            (["-----BEGIN PGP PUBLIC KEY BLOCK-----", ""] + lines + [
                "=\(check)", "-----END PGP PUBLIC KEY BLOCK-----", "",
            ])
            .joined(separator: "\n")
    }

    /// Whether bytes are packets and no text.
    public static func isBinary(_ bytes: [UInt8]) -> Bool { areKey(bytes) }

    /// Why a content is no key that may be written for apt; nil where it is one.
    public static func problem(of bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        if text.contains("PGP PRIVATE KEY BLOCK") {
            return "a private key is nothing for other hosts: export the public one"
        }
        if areKey(bytes) { return nil }
        if dearmored(bytes) != nil { return nil }
        return "expected one public key, whole (`-----BEGIN PGP PUBLIC KEY BLOCK-----`)"
    }

    /// Whether the first packet is a public key of version 4 or later.
    private static func areKey(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, first & 0x80 != 0 else { return false }
        return (first & 0x40 != 0 ? first & 0x3F : first >> 2 & 0x0F) == 6
    }

    private static func dearmored(_ bytes: [UInt8]) -> [UInt8]? {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----", end = "-----END PGP PUBLIC KEY BLOCK-----"
        guard let first = lines.firstIndex(of: begin[...]), let last = lines.firstIndex(of: end[...]), first < last,
            !lines[(last + 1)...].contains(begin[...]),
            let blank = lines[first..<last].firstIndex(where: { $0.isEmpty })
        else { return nil }
        var body = lines[(blank + 1)..<last].filter { !$0.isEmpty }, sum: Substring?
        if let line = body.last, line.hasPrefix("="), line.utf8.count == 5 { sum = body.removeLast().dropFirst() }
        guard let packets = Base64.bytes(of: Array(body.joined().utf8)), areKey(packets) else { return nil }
        guard let sum else { return packets }
        let wanted = checksum(of: packets)
        return Base64.bytes(of: Array(sum.utf8)) == [
            UInt8(wanted >> 16 & 0xFF), UInt8(wanted >> 8 & 0xFF), UInt8(wanted & 0xFF),
        ]
            ? packets : nil
    }

    /// CRC-24 (RFC 9580 §6.1).
    private static func checksum(of bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xB704CE
        for byte in bytes {
            sum ^= UInt32(byte) << 16
            for _ in 0..<8 {
                sum <<= 1
                if sum & 0x1000000 != 0 { sum ^= 0x1864CFB }
            }
        }
        return sum & 0xFFFFFF
    }
}
