public import Model

/// A share of the processors: `50%` is half a core, `200%` two.
public struct CPUShare: Sendable, Hashable {
    public var percent: Int

    public init(percent: Int) {
        self.percent = percent
    }
}

extension CPUShare: FieldValue {
    public static var shape: Shape { .text(pattern: "^[1-9][0-9]*%$") }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, text.last == "%", text.first != "0", let percent = Int(text.dropLast()),
            (1...100_000).contains(percent)
        else { throw DecodingFault(node, expected: "a share of a core such as 50%") }
        self.init(percent: percent)
    }

    public var rendered: Node.Content { .string("\(percent)%") }
    public var shown: ShownText { .text("\(percent)%") }
}
