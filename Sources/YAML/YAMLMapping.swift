import Values

/// The entries of a mapping while it is read: no key twice, merged ones give way to written ones.
struct YAMLMapping {
    private(set) var entries: [Node.Entry] = []
    /// How many of the first entries were written, not merged; filled when the mapping is large.
    private var positions: [String: Int] = [:]
    private var merged: Set<String> = []

    mutating func add(_ entry: Node.Entry, into diagnostics: inout Diagnostics) {
        guard let position = position(of: entry.key) else { return append(entry) }
        if merged.remove(entry.key) != nil {
            entries[position] = entry
            return
        }
        diagnostics.add(
            Diagnostic(
                "expected each key once, found `\(entry.key)` again", at: entry.keyPlace,
                notes: [.init("the first one", at: entries[position].keyPlace)]))
    }

    /// Takes over what `<<` names: a mapping, or a list of them, of which the first wins.
    mutating func merge(_ node: Node, at place: Place, into diagnostics: inout Diagnostics) {
        switch node.content {
        case .map(let others):
            for other in others where position(of: other.key) == nil {
                merged.insert(other.key)
                append(other)
            }
        case .list(let nodes) where nodes.allSatisfy(\.isMap):
            for node in nodes { merge(node, at: place, into: &diagnostics) }
        default:
            diagnostics.add(
                Diagnostic("`<<`: expected a mapping or a list of mappings, found \(node.found)", at: place))
        }
    }

    private mutating func append(_ entry: Node.Entry) {
        if entries.count == 12 {
            for (index, entry) in entries.enumerated() { positions[entry.key] = index }
        }
        if entries.count >= 12 { positions[entry.key] = entries.count }
        entries.append(entry)
    }

    private func position(of key: String) -> Int? {
        entries.count > 12 ? positions[key] : entries.firstIndex { $0.key == key }
    }
}

extension Node {
    var isMap: Bool {
        if case .map = content { true } else { false }
    }
}
