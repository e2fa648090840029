public import Model

/// How ssh names a host in a file of known hosts: a name or an address, in brackets with a port behind them where that is
/// not 22; `*` and `?` make a pattern. Case is no difference.
public struct KnownHostName: Sendable, Hashable, FieldValue {
    public let text: String

    /// What a resource has before its key is decoded.
    static let none = KnownHostName(unchecked: "none")

    private init(unchecked text: String) {
        self.text = text
    }

    public init?(_ text: String) {
        guard text.first == "[" else {
            guard let name = Self.name(text[...]) else { return nil }
            self.text = name
            return
        }
        let parts = text.dropFirst().split(separator: "]", omittingEmptySubsequences: false)
        guard parts.count == 2, let name = Self.name(parts[0]), parts[1].first == ":",
            let port = UInt16(parts[1].dropFirst()), port > 0, parts[1].dropFirst() == String(port)
        else { return nil }
        self.text = port == 22 ? name : "[\(name)]:\(port)"
    }

    private static func name(_ text: Substring) -> String? {
        if let address = IPAddress(text) { return address.text }
        if let name = DomainName(String(text)) { return name.text }
        let isPattern =
            text.contains { $0 == "*" || $0 == "?" } && text.isASCIIWord(or: "*?.-_:") && text.utf8.count < 254
        return isPattern ? text.lowercased() : nil
    }

    var isPattern: Bool { text.contains { $0 == "*" || $0 == "?" } }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, let name = KnownHostName(text) else {
            throw DecodingFault(
                node, expected: "a host name or an address", hint: "with a port that is not 22 as [name]:2222")
        }
        self = name
    }

    public static var shape: Shape { .text(pattern: nil) }
    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
