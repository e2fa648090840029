import Model

/// `extend`: lists append, mappings merge, scalars must be unset.
extension HostCompilation {
    /// The items, those that others extend with what extends them.
    func extended(_ portions: [Portion]) -> [Portion] {
        let extending = portions.flatMap(\.extending)
        if extending.isEmpty { return portions }
        let additions = extending.flatMap(\.outcome.additions)
        var open = Dictionary(grouping: additions, by: \.address)
        var portions = portions.flatMap { opened($0, at: open.keys) }
        for (index, portion) in portions.enumerated() where !open.isEmpty {
            guard case .item(let item) = portion else { continue }
            var found: [Int: [DeclaredResource]] = [:]
            for (position, resource) in item.outcome.declared.enumerated() {
                found[position] = open.removeValue(forKey: resource.address)
            }
            if found.isEmpty { continue }
            let tree = memory?.extension(of: item, by: extending)
            portions[index] = .item(
                tree == nil
                    ? ownExtended(item, by: extending) { self.extended(item, found) }
                    : remembered(tree) { self.extended(item, found) })
        }
        return portions
    }

    /// A run of which something is extended, as its items; other portions as they are.
    private func opened(_ portion: Portion, at addresses: some Collection<Address>) -> [Portion] {
        guard case .run(let run) = portion else { return [portion] }
        let found = addresses.filter { run.addresses.contains($0) }
        if found.isEmpty { return [portion] }
        // The next plans leave it out.
        memory?.noteExtended(found)
        return run.items.map { .item($0) }
    }

    private func extended(_ item: EvaluatedItem, _ additions: [Int: [DeclaredResource]]) -> EvaluatedItem {
        evaluated {
            outcome = item.outcome
            for position in additions.keys.sorted() {
                for addition in additions[position] ?? [] { extend(position, with: addition) }
            }
        }
    }

    private func extend(_ position: Int, with addition: DeclaredResource) {
        var own = outcome.declared[position]
        for entry in addition.entries {
            if let index = own.entries.firstIndex(where: { $0.key == entry.key }) {
                if let merged = merged(own.entries[index].value, entry.value, entry.key) {
                    own.entries[index].value = merged
                }
            } else {
                own.entries.append(entry)
            }
        }
        own.relations += addition.relations
        own.tags += addition.tags
        if let note = addition.note, own.note == nil { own.note = note }
        if let policy = addition.onUndeclared, own.onUndeclared == nil { own.onUndeclared = policy }
        outcome.declared[position] = own
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
