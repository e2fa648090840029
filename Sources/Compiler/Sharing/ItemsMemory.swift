/// What the hosts have in common of one manifest.
final class ManifestMemory {
    let selection: AnswerTree<Collected<Bool??>>
    private var certain: ItemsMemory?, tentative: ItemsMemory?
    private let counterpart: (memory: ManifestMemory, link: SitePairing.Link)?

    init() {
        selection = AnswerTree()
        counterpart = nil
    }

    init(beside counterpart: ManifestMemory, _ link: SitePairing.Link) {
        selection = link.isOfSameHosts ? counterpart.selection : AnswerTree()
        self.counterpart = (counterpart, link)
    }

    func items(of context: ItemContext, count: Int) -> ItemsMemory {
        if let known = context.isTentative ? tentative : certain { return known }
        let new = newItems(of: context, count: count)
        if context.isTentative { tentative = new } else { certain = new }
        return new
    }

    private func newItems(of context: ItemContext, count: Int) -> ItemsMemory {
        guard let counterpart else { return ItemsMemory(count: count) }
        let items = counterpart.memory.items(of: context, count: counterpart.link.count)
        return counterpart.link.isWhole ? items : ItemsMemory(beside: items, counterpart.link.items)
    }
}

/// What the hosts have in common of the items of a manifest, or of one use of a role.
final class ItemsMemory {
    struct Item {
        /// Of a whole loop, of which the elements are kept one by one.
        let items = AnswerTree<[EvaluatedItem]>(idleCount: 128)
        let elements = ElementsMemory()
        let role = RoleMemory()
    }

    private let items: [Item]
    let plans = PlanMemory()

    init(count: Int) {
        items = (0..<count).map { _ in Item() }
    }

    /// - Parameter positions: which items are those of the other memory.
    init(beside other: ItemsMemory, _ positions: [Int?]) {
        items = positions.map { $0.map { other[$0] } ?? Item() }
    }

    subscript(_ index: Int) -> Item { items[index] }
}

/// What the hosts have in common of the elements of a loop.
final class ElementsMemory {
    let turns = AnswerTree<LoopTurns>(isCommon: { turns in !turns.elements.contains { $0?.isOfOneHost == true } })
    private var elements: [AnswerTree<EvaluatedItem>] = []

    subscript(_ number: Int) -> AnswerTree<EvaluatedItem> {
        while elements.count <= number { elements.append(AnswerTree()) }
        return elements[number]
    }
}

/// What the hosts have in common of the use of a role.
final class RoleMemory {
    private struct Turn: Hashable {
        var number: Int
        var isOff: Bool
        var isTentative: Bool
    }

    let turns = AnswerTree<Collected<[RoleTurn]>>(isCommon: { turns in
        !turns.value.contains { turn in turn.parameters.contains { $0.value.isOfOneHost } }
    })
    private var items: [Turn: ItemsMemory] = [:]

    init() {}

    /// Of a role that the old site has otherwise.
    private(set) lazy var ofOldSite = RoleMemory()

    func items(of turn: RoleTurn, count: Int) -> ItemsMemory {
        let key = Turn(number: turn.number, isOff: turn.isOff, isTentative: turn.isTentative)
        if let known = items[key] { return known }
        let new = ItemsMemory(count: count)
        items[key] = new
        return new
    }
}
