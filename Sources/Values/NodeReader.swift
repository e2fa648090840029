/// A mapping with a fixed set of keys. Other keys, and values that a caller's decoding does not take, are reported with
/// their places.
public struct NodeReader {
    public let place: Place
    public let entries: [Node.Entry]

    /// Takes a mapping, or nothing at all; anything else is reported and counts as empty.
    public init(_ node: Node, allowed: [String], what: String, into diagnostics: inout Diagnostics) {
        place = node.place
        entries = Self.entries(of: node, what: what, into: &diagnostics)
        for entry in entries where !allowed.contains(entry.key) {
            diagnostics.add(
                Diagnostic(
                    "expected a key of \(what), found \(Node.quoted(entry.key))", at: entry.keyPlace,
                    hint: Spelling.hint(for: entry.key, among: allowed)))
        }
    }

    public subscript(key: String) -> Node? { entries.first { $0.key == key }?.value }

    /// The entries of a mapping; nothing at all counts as an empty one.
    public static func entries(of node: Node, what: String, into diagnostics: inout Diagnostics) -> [Node.Entry] {
        switch node.content {
        case .map(let entries): return entries
        case .null: return []
        case .scalar("", isQuoted: false): return []
        default:
            diagnostics.add(Diagnostic("\(what): expected a mapping, found \(node.found)", at: node.place))
            return []
        }
    }

    /// What a caller makes of a key's text; nil without the key.
    public func value<Value>(
        _ key: String, _ expected: String, into diagnostics: inout Diagnostics, _ decode: (String) -> Value?
    ) -> Value? {
        self[key].flatMap { Self.value(of: $0, key, expected, &diagnostics, decode) }
    }

    /// What a caller makes of the texts of a key's list, of which there may be 1,000; nil without the key.
    public func values<Value>(
        _ key: String, _ expected: String, into diagnostics: inout Diagnostics, _ decode: (String) -> Value?
    ) -> [Value]? {
        guard let node = self[key] else { return nil }
        guard case .list(let nodes) = node.content else {
            diagnostics.add(Diagnostic("`\(key)`: expected a list, found \(node.found)", at: node.place))
            return []
        }
        guard nodes.count <= 1000 else {
            let message = "`\(key)`: expected at most 1000 values, found \(nodes.count)"
            diagnostics.add(Diagnostic(message, at: node.place))
            return []
        }
        return nodes.compactMap { Self.value(of: $0, key, expected, &diagnostics, decode) }
    }

    private static func value<Value>(
        of node: Node, _ key: String, _ expected: String, _ diagnostics: inout Diagnostics,
        _ decode: (String) -> Value?
    ) -> Value? {
        if let text = node.text, let value = decode(text) { return value }
        diagnostics.add(Diagnostic("`\(key)`: expected \(expected), found \(node.found)", at: node.place))
        return nil
    }
}
