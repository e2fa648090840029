import Model

/// `extend`: lists append, mappings merge, scalars must be unset.
extension HostCompilation {
    func extend(with addition: DeclaredResource) {
        guard let position = positions[addition.address] else {
            if dormant.contains(addition.address) || tentative.contains(addition.address) { return }
            if !areFactsKnown, site.mentions(addition.address.type) { return }
            let known = declared.filter { $0.type.name == addition.type.name }.map(\.address.key)
            diagnostics.add(
                Diagnostic(
                    "expected a declared resource to extend, found \(addition.address)", at: addition.place,
                    hint: Spelling.hint(for: addition.address.key, among: Array(known.prefix(200)))))
            return
        }
        for entry in addition.entries {
            if let index = declared[position].entries.firstIndex(where: { $0.key == entry.key }) {
                let own = declared[position].entries[index].value
                if let merged = merged(own, entry.value, entry.key) { declared[position].entries[index].value = merged }
            } else {
                declared[position].entries.append(entry)
            }
        }
        declared[position].relations += addition.relations
        declared[position].tags += addition.tags
        if let note = addition.note, declared[position].note == nil { declared[position].note = note }
        if let policy = addition.onUndeclared, declared[position].onUndeclared == nil {
            declared[position].onUndeclared = policy
        }
    }

    private func merged(_ own: Node, _ other: Node, _ name: String) -> Node? {
        switch (own.content, other.content) {
        case (.list(let items), .list(let others)): return Node(.list(items + others), at: own.place)
        case (.map(var entries), .map(let others)):
            for entry in others {
                if let index = entries.firstIndex(where: { $0.key == entry.key }) {
                    guard let value = merged(entries[index].value, entry.value, entry.key) else { return nil }
                    entries[index].value = value
                } else {
                    entries.append(entry)
                }
            }
            return Node(.map(entries), at: own.place)
        case (.unknown, _), (_, .unknown): return Node(.unknown, at: own.place)
        default:
            diagnostics.add(
                Diagnostic(
                    "`\(name)`: expected a property that is not set, found \(own.found)", at: other.place,
                    hint: "`extend` appends to lists and merges mappings", notes: [.init("set here", at: own.place)]))
            return nil
        }
    }
}
