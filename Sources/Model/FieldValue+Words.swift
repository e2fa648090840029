/// A closed set of words.
extension FieldValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    public static var shape: Shape { .oneOf(allCases.map(\.rawValue)) }

    public init(decoding node: Node) throws(DecodingFault) {
        let allowed = Self.allCases.map(\.rawValue)
        guard let text = node.text, let value = Self(rawValue: text) else {
            throw DecodingFault(
                node, expected: allowed.joined(separator: " or "),
                hint: node.text.flatMap { Spelling.hint(for: $0, among: allowed) })
        }
        self = value
    }

    public var rendered: Node.Content { .string(rawValue) }
    public var shown: ShownText { .text(rawValue) }
}
