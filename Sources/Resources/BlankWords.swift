public import Model

/// Words without blanks in them: a list, or one text that blanks part.
public struct BlankWords: Sendable, Hashable, FieldValue {
    public let words: [String]

    init(_ words: [String]) {
        self.words = words
    }

    public static var shape: Shape { .either([.text(pattern: nil), .list(.text(pattern: nil))]) }

    public init(decoding node: Node) throws(DecodingFault) {
        if case .list = node.content {
            words = try [String](decoding: node)
        } else {
            words = try String(decoding: node).split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        }
        let isPlain = words.allSatisfy { word in
            !word.isEmpty && word.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F } && word.first != "#"
        }
        guard isPlain, !words.isEmpty else {
            throw DecodingFault(node, expected: "words, as a list or with blanks between them")
        }
        guard Set(words).count == words.count else {
            throw DecodingFault(at: node.place, expected: "each word once", found: "one twice")
        }
    }

    public var rendered: Node.Content { .list(words.map { Node(.string($0), at: .nowhere) }) }
    public var shown: ShownText { .text(words.joined(separator: " ")) }
}
