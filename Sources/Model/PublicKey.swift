/// One line of an authorized_keys file (sshd(8)): options, type, blob and comment.
public struct PublicKey: Sendable, Hashable {
    /// As they stand in the line; empty for none.
    public var options: String
    public var type: String
    /// Base64, the key's identity.
    public var blob: String
    public var comment: String

    public init(options: String = "", type: String, blob: String, comment: String = "") {
        self.options = options
        self.type = type
        self.blob = blob
        self.comment = comment
    }

    /// The comment is not compared.
    public static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.blob == right.blob && left.type == right.type && left.options == right.options
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(blob) }

    /// The whole line.
    public var line: String { [options, type, blob, comment].filter { !$0.isEmpty }.joined(separator: " ") }

    /// Reads a line; nil for what is none. The type may be one that nobody has heard of yet.
    public init?(line: some StringProtocol) {
        var rest = Substring(line).utf8[...]
        // Files with carriage returns: sshd passes over white space.
        if rest.last == 0x0D { rest.removeLast() }
        Self.skipBlanks(of: &rest)
        guard let first = rest.first, first != UInt8(ascii: "#"), !rest.contains(where: { $0 == 0 || $0 == 0x0A })
        else {
            return nil
        }
        options = ""
        var word = Self.word(of: &rest, quoted: true)
        if !Self.isType(word) {
            options = word
            word = Self.word(of: &rest, quoted: false)
        }
        guard Self.isType(word) else { return nil }
        type = word
        blob = Self.word(of: &rest, quoted: false)
        guard Self.isBlob(blob, of: type) else { return nil }
        comment = Substring(rest).trimmed
    }

    /// A blob names its own type: a length in four bytes and that many characters (RFC 4253 §6.6).
    static func isBlob(_ text: String, of type: String) -> Bool {
        guard text.utf8.count >= 16, text.utf8.count % 4 == 0 || !text.hasSuffix("=") else { return false }
        let allowed = text.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A)
                || byte == 0x2B || byte == 0x2F || byte == 0x3D
        }
        return allowed && text.hasPrefix("AAAA")
    }

    static func isType(_ word: String) -> Bool {
        (word.hasPrefix("ssh-") || word.hasPrefix("ecdsa-") || word.hasPrefix("sk-"))
            && !word.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func skipBlanks(of rest: inout Substring.UTF8View) {
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
    }

    /// The next word; inside double quotes, spaces belong to it.
    private static func word(of rest: inout Substring.UTF8View, quoted: Bool) -> String {
        var isInside = false, isEscaped = false, end = rest.startIndex
        for byte in rest {
            if quoted, byte == UInt8(ascii: "\""), !isEscaped { isInside.toggle() }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            if !isInside, isBlank(byte) { break }
            end = rest.index(after: end)
        }
        let word = String(Substring(rest[..<end]))
        rest = rest[end...]
        skipBlanks(of: &rest)
        return word
    }
}

extension Substring {
    /// Without white space at the end.
    var trimmed: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

extension PublicKey: FieldValue {
    public static var shape: Shape { .text(pattern: nil) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, let key = PublicKey(line: text) else {
            throw DecodingFault(node, expected: "a public key line such as `ssh-ed25519 AAAA... comment`")
        }
        self = key
    }

    public var rendered: Node.Content { .string(line) }
    public var shown: ShownText { .text(line) }
}
