import Model

/// A mapping with a fixed set of keys; others are reported.
struct KeyedNode {
    let place: Place
    private let entries: [Node.Entry]

    /// Takes a mapping, or nothing at all; anything else is reported and counts as empty.
    init(_ node: Node, allowed: [String], what: String, into diagnostics: inout Diagnostics) {
        place = node.place
        entries = Self.entries(of: node, what: what, into: &diagnostics)
        for entry in entries where !allowed.contains(entry.key) {
            diagnostics.add(
                Diagnostic(
                    "expected a key of \(what), found \(Node.quoted(entry.key))", at: entry.keyPlace,
                    hint: Spelling.hint(for: entry.key, among: allowed)))
        }
    }

    subscript(key: String) -> Node? { entries.first { $0.key == key }?.value }

    /// The entries of a mapping; nothing at all counts as an empty one.
    static func entries(of node: Node, what: String, into diagnostics: inout Diagnostics) -> [Node.Entry] {
        switch node.content {
        case .map(let entries): return entries
        case .null: return []
        case .scalar("", isQuoted: false): return []
        default:
            diagnostics.add(Diagnostic("\(what): expected a mapping, found \(node.found)", at: node.place))
            return []
        }
    }
}

extension Node {
    /// Decodes it as a field would; a fault is reported with the field's name.
    func decoded<Value: FieldValue>(_ type: Value.Type, as name: String, into diagnostics: inout Diagnostics) -> Value?
    {
        if hasUnknown { return nil }
        do throws(DecodingFault) {
            return try Value(decoding: self)
        } catch {
            diagnostics.add(
                Diagnostic(
                    "`\(name)`: expected \(error.expected), found \(error.found)", at: error.place, hint: error.hint))
            return nil
        }
    }
}
