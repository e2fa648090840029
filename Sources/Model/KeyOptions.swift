/// The options in front of a key in an authorized_keys file (sshd(8)), written as one text or as a list.
public struct KeyOptions: Sendable, Hashable, FieldValue {
    /// The options as they stand in the line: with commas, without blanks outside quotes.
    public let text: String

    public static var shape: Shape { .either([.text(pattern: nil), .list(.text(pattern: nil))]) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard case .list(let items) = node.content else {
            text = try Self.checked(node)
            return
        }
        var options: [String] = []
        for item in items { options.append(try Self.checked(item)) }
        // What stands once stands once in all of them.
        text = try Self.checked(Node(.string(options.joined(separator: ",")), at: node.place))
    }

    /// Options of which the caller knows that they are well formed.
    public init(unchecked text: String) {
        self.text = text
    }

    private static func checked(_ node: Node) throws(DecodingFault) -> String {
        let expected = "options such as `no-pty` or `from=\"10.0.0.0/8\"`, or a list of them"
        let text = try String(decoding: node)
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            throw DecodingFault(at: node.place, expected: expected, found: "a control character")
        }
        if PublicKey.optionsEnd(in: Substring(text).utf8) != text.utf8.endIndex {
            throw DecodingFault(
                at: node.place, expected: expected, found: "a blank outside quotes",
                hint: "the options of a key end at the first one")
        }
        do throws(KeyOptionList.Fault) {
            _ = try KeyOptionList(text)
        } catch {
            throw DecodingFault(at: node.place, expected: expected, found: error.found, hint: error.hint)
        }
        return text
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
