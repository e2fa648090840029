public import Model

/// Names and texts in their order, such as environment variables.
public struct TextMap: Sendable, Hashable, FieldValue {
    public struct Pair: Sendable, Hashable {
        public var name: String
        public var value: String
    }

    public var pairs: [Pair]

    init(pairs: [Pair]) {
        self.pairs = pairs
    }

    public static var shape: Shape { .mapping(of: .text(pattern: nil)) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard case .map(let entries) = node.content else {
            throw DecodingFault(node, expected: "a mapping of names to texts")
        }
        pairs = []
        for entry in entries { pairs.append(Pair(name: entry.key, value: try String(decoding: entry.value))) }
    }

    public var rendered: Node.Content {
        .map(pairs.map { .init(key: $0.name, keyPlace: .nowhere, value: Node(.string($0.value), at: .nowhere)) })
    }

    public var shown: ShownText { .text(pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")) }
}
