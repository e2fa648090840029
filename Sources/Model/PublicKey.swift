/// One line of an authorized_keys file (sshd(8)): options, type, blob and comment.
public struct PublicKey: Sendable, Hashable {
    /// The options as they stand in the line; empty without any.
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

    /// The comment is not compared; the type follows from the blob.
    public static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.blob == right.blob && left.options.utf8.elementsEqual(right.options.utf8)
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(blob) }

    /// The whole line.
    public var line: String { [options, type, blob, comment].filter { !$0.isEmpty }.joined(separator: " ") }

    /// Parses a line; nil if sshd finds no key in it. Unknown key types are taken.
    public init?(line: some StringProtocol) {
        var rest = Substring(line).utf8[...]
        // Files with carriage returns: sshd passes over white space.
        if rest.last == 0x0D { rest.removeLast() }
        Self.skipBlanks(of: &rest)
        guard let words = Self.words(of: rest), let found = KeyBlob(base64: words.blob), found.type == words.type,
            found.isComplete
        else { return nil }
        self = PublicKey(options: words.options, type: words.type, blob: words.blob, comment: words.comment)
    }

    /// The parts of a line that has the form of a key's, whatever its blob is.
    private static func words(
        of line: Substring.UTF8View
    ) -> (options: String, type: String, blob: String, comment: String)? {
        var rest = line
        guard let first = rest.first, first != UInt8(ascii: "#"), !rest.contains(where: { $0 == 0 || $0 == 0x0A })
        else { return nil }
        var options = "", type = word(of: &rest, quoted: true)
        if !isType(type) {
            options = type
            type = word(of: &rest, quoted: false)
        }
        guard isType(type) else { return nil }
        let blob = word(of: &rest, quoted: false)
        return (options, type, blob, Substring(rest).withoutBlankEnd)
    }

    /// Why a text that was meant as a key is not one.
    private static func fault(of text: String) -> String? {
        guard let words = words(of: Substring(text).utf8), let blob = KeyBlob(base64: words.blob) else { return nil }
        if blob.type != words.type { return "`\(words.type)` before a key of type \(blob.type)" }
        return "a key of type \(words.type) that is incomplete, too short or goes on after its end"
    }

    static func isType(_ word: String) -> Bool {
        (word.hasPrefix("ssh-") || word.hasPrefix("ecdsa-") || word.hasPrefix("sk-"))
            && !word.utf8.contains { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "=") }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func skipBlanks(of rest: inout Substring.UTF8View) {
        while let first = rest.first, isBlank(first) { rest.removeFirst() }
    }

    /// Where the options end: at the first blank outside of quotes (sshkey_advance_past_options() of OpenSSH). A backslash
    /// counts before a quote only.
    static func optionsEnd(in text: Substring.UTF8View) -> Substring.UTF8View.Index {
        var isInside = false, isEscaped = false, position = text.startIndex
        while position < text.endIndex {
            let byte = text[position], next = text.index(after: position)
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = next < text.endIndex && text[next] == UInt8(ascii: "\"")
            } else if byte == UInt8(ascii: "\"") {
                isInside.toggle()
            } else if !isInside, isBlank(byte) {
                return position
            }
            position = next
        }
        return text.endIndex
    }

    /// Why sshd does not take the key with its options; nil where it does.
    public var optionFault: KeyOptionList.Fault? {
        do throws(KeyOptionList.Fault) {
            _ = try KeyOptionList(options)
            return nil
        } catch {
            return error
        }
    }

    /// The next word; inside double quotes, spaces belong to it.
    private static func word(of rest: inout Substring.UTF8View, quoted: Bool) -> String {
        let end = quoted ? optionsEnd(in: rest) : rest.firstIndex(where: isBlank) ?? rest.endIndex
        let word = String(Substring(rest[..<end]))
        rest = rest[end...]
        skipBlanks(of: &rest)
        return word
    }
}

extension Substring {
    /// Without white space at the end.
    fileprivate var withoutBlankEnd: String {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}

extension PublicKey: FieldValue {
    public static var shape: Shape { .text(pattern: nil) }

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "a public key line such as `ssh-ed25519 AAAA... comment`"
        guard let text = node.text else { throw DecodingFault(node, expected: expected) }
        guard let key = PublicKey(line: text) else {
            guard let fault = Self.fault(of: text) else { throw DecodingFault(node, expected: expected) }
            throw DecodingFault(
                at: node.place, expected: expected, found: fault, hint: "`ssh-keygen -lf` tells what a key is")
        }
        self = key
    }

    public var rendered: Node.Content { .string(line) }
    public var shown: ShownText { .text(line) }
}
