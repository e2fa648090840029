import SystemFiles
public import Model

/// The name of a unit of systemd, `.service` unless it says otherwise.
public struct ServiceName: Sendable, Hashable, FieldValue {
    /// As declared.
    public let text: String
    /// With its type.
    let unit: UnitName

    static let none = ServiceName(text: "none", unit: .none)

    private init(text: String, unit: UnitName) {
        self.text = text
        self.unit = unit
    }

    public static var shape: Shape { .text(pattern: "^[A-Za-z0-9:_\\\\][A-Za-z0-9:_.@\\\\-]*$") }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, text.utf8.count <= 200, text.first != "-", text.first != ".",
            let unit = UnitName.completing(text)
        else {
            throw DecodingFault(
                node, expected: "the name of a unit", hint: "letters, digits, `:`, `_`, `.`, `@` and `-`")
        }
        self.text = text
        self.unit = unit
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
