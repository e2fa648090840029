public import Values

/// A value that is one text by rules of its own, such as a name.
public protocol TextValue: FieldValue {
    var text: String { get }
    /// - Returns: nil for a text that the rules do not allow.
    init?(_ text: String)
    /// What an error says was expected.
    static var expectation: String { get }
    /// The rules, for who broke them; nil where the expectation says them.
    static var hint: String? { get }
}

extension TextValue {
    public static var hint: String? { nil }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, let value = Self(text) else {
            throw DecodingFault(node, expected: Self.expectation, hint: Self.hint)
        }
        self = value
    }

    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
