/// The name of one resource, `type:key`, such as `file:/etc/motd`.
public struct Address: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let type: String
    public let key: String

    public init(type: String, key: String) {
        self.type = type
        self.key = key
    }

    /// Reads `type:key`; nil when there is no colon or one side is empty.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        type = String(text[..<colon])
        key = String(text[text.index(after: colon)...])
        if type.isEmpty || key.isEmpty { return nil }
    }

    public var description: String { "\(type):\(key)" }

    public static func < (left: Address, right: Address) -> Bool {
        (left.type, left.key) < (right.type, right.key)
    }
}
