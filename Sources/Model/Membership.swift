/// A list that says which of its two meanings it has.
public enum Membership<Element: FieldValue>: Sendable, Hashable {
    /// These and no others.
    case exactly([Element])
    /// These, whatever else is there.
    case atLeast([Element])

    public var elements: [Element] {
        switch self {
        case .exactly(let elements), .atLeast(let elements): elements
        }
    }

    public var isExact: Bool {
        switch self {
        case .exactly: true
        case .atLeast: false
        }
    }

    /// Whether what is there fulfils the declaration; order is no difference.
    public func isSatisfied(by present: some Sequence<Element>) -> Bool {
        let present = Set(present), wanted = Set(elements)
        return isExact ? present == wanted : present.isSuperset(of: wanted)
    }
}

extension Membership: FieldValue {
    public static var shape: Shape {
        .either([
            .members([.init("exactly", .list(Element.shape))]), .members([.init("at_least", .list(Element.shape))]),
        ])
    }

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "{exactly: [...]} or {at_least: [...]}"
        guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first else {
            throw DecodingFault(node, expected: expected, hint: "say whether other members may stay")
        }
        switch entry.key {
        case "exactly": self = .exactly(try [Element](decoding: entry.value))
        case "at_least": self = .atLeast(try [Element](decoding: entry.value))
        default:
            throw DecodingFault(
                at: entry.keyPlace, expected: expected, found: "`\(entry.key)`",
                hint: Spelling.hint(for: entry.key, among: ["exactly", "at_least"]))
        }
    }

    public var rendered: Node.Content {
        let name = isExact ? "exactly" : "at_least"
        return .map([.init(key: name, keyPlace: .nowhere, value: Node(elements.rendered, at: .nowhere))])
    }

    public var shown: ShownText {
        let list = elements.map(\.shown)
        guard case .text(let text) = ShownText.joined(list, with: ", ") else { return .secret }
        return .text(isExact ? "exactly \(text.isEmpty ? "none" : text)" : "at least \(text)")
    }
}
