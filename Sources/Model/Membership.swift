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

extension Membership {
    /// How many elements both sides of a difference have at most where they are shown whole.
    static var wholeCount: Int { 20 }

    /// The difference from what is there: both sides where they are short, else what comes and what goes.
    ///
    /// - Parameters:
    ///   - strangers: what is there too and has not the form of an element.
    ///   - text: an element as a person reads it.
    /// - Returns: nil where nothing differs.
    public func change(
        _ property: String, from present: [Element], strangers: [String] = [], as text: (Element) -> String
    ) -> Change? {
        let mayStay = !isExact || strangers.isEmpty
        if isSatisfied(by: present), mayStay { return nil }
        if present.count + strangers.count + elements.count <= Self.wholeCount {
            let all = present.map(text) + strangers
            return Change(
                property, from: .text("exactly \(all.isEmpty ? "none" : all.joined(separator: ", "))"), to: shown)
        }
        let wanted = Set(elements), there = Set(present)
        let added = elements.filter { !there.contains($0) }.map(text)
        let removed = isExact ? present.filter { !wanted.contains($0) }.map(text) + strangers : []
        let parts = [("adds", added), ("removes", removed)].filter { !$0.1.isEmpty }.map {
            "\($0.0) \($0.1.count): \($0.1.joined(separator: ", "))"
        }
        return Change(
            property, from: .text("\(present.count + strangers.count) of them"),
            to: .text(parts.joined(separator: "; ")))
    }
}
