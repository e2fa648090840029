/// What the new site came to for a host, for the old site to take where both say the same and answer the same.
final class Counterpart {
    /// Where an item of a manifest stands.
    struct Position: Hashable {
        var manifest: Int
        var item: Int
    }

    /// By the items that no plan holds.
    private var portions: [Position: ArraySlice<Portion>] = [:]
    private var extended: [ObjectIdentifier: (extending: [ObjectIdentifier], item: EvaluatedItem)] = [:]
    /// The items of the host alone, and the numbers of their shapes.
    private(set) var own: [ObjectIdentifier] = []
    private(set) var shapes: [Int32] = []

    func note(_ portions: ArraySlice<Portion>, at position: Position) { self.portions[position] = portions }

    func portions(at position: Position) -> ArraySlice<Portion>? { portions[position] }

    func note(_ extended: EvaluatedItem, for item: EvaluatedItem, by extending: [EvaluatedItem]) {
        self.extended[ObjectIdentifier(item)] = (extending.map { ObjectIdentifier($0) }, extended)
    }

    func extended(_ item: EvaluatedItem, by extending: [EvaluatedItem]) -> EvaluatedItem? {
        guard let known = extended[ObjectIdentifier(item)] else { return nil }
        return known.extending == extending.map { ObjectIdentifier($0) } ? known.item : nil
    }

    func note(_ shapes: [Int32], of own: [EvaluatedItem]) {
        self.own = own.map { ObjectIdentifier($0) }
        self.shapes = shapes
    }
}

extension HostCompilation {
    /// Adds an item of a manifest; the old site takes what the new one came to where that is the same.
    func add(_ item: Manifest.Item, at index: Int, in context: ItemContext, _ memory: ItemsMemory.Item?) {
        guard let counterpart, context.origin.isEmpty, !context.isTentative, let manifest = manifestIndex else {
            return add(item, in: context, memory)
        }
        guard let pairing = site.pairing else {
            let start = portions.count
            add(item, in: context, memory)
            return counterpart.note(portions[start...], at: .init(manifest: manifest, item: index))
        }
        if let link = pairing.links[manifest], let other = link.items[index], agreesWithCounterpart(on: item, pairing),
            let known = counterpart.portions(at: .init(manifest: link.manifest, item: other))
        {
            return add(known)
        }
        add(item, in: context, memory)
    }

    private func agreesWithCounterpart(on item: Manifest.Item, _ pairing: SitePairing) -> Bool {
        if case .role = item, pairing.differs("roles/") { return false }
        return scope.record.answers?.agreeWithCounterpart == true
    }

    /// An item that no tree keeps, with what extends it.
    func ownExtended(
        _ item: EvaluatedItem, by extending: [EvaluatedItem], _ evaluation: () -> EvaluatedItem
    ) -> EvaluatedItem {
        guard let counterpart else { return evaluation() }
        guard site.pairing != nil else {
            let result = evaluation()
            counterpart.note(result, for: item, by: extending)
            return result
        }
        guard scope.record.answers?.agreeWithCounterpart == true else { return evaluation() }
        return counterpart.extended(item, by: extending) ?? evaluation()
    }
}
