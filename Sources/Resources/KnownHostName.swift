public import Model

/// How ssh names a host in a file of known hosts: a name or an address, in brackets with a port behind them where that is
/// not 22; `*` and `?` make a pattern. Case is no difference.
public struct KnownHostName: Sendable, Hashable, TextValue {
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

    public static let expectation = "a host name or an address"
    public static let hint: String? = "with a port that is not 22 as [name]:2222"

    public static var shape: Shape { .text(pattern: nil) }
}
