import Model

/// What the hosts of a fleet have in common, for those whose facts are known or for the others.
final class FleetMemory {
    let questions = QuestionTable()
    let shapes = ShapeTable()
    /// By the paths of the layers.
    var data: [[String?]: DataLayers] = [:]
    private var groups: [AnswerTree<Collected<Bool??>>] = []
    private var layers: [AnswerTree<Collected<LayerPath>>] = []
    private var manifests: [ManifestMemory] = []
    private var extensions: [Extension: (items: [EvaluatedItem], tree: AnswerTree<EvaluatedItem>)] = [:]
    /// Extensions of items that nearly each host has of its own are not kept.
    private static let greatestExtensionCount = 10_000

    private struct Extension: Hashable {
        var items: [ObjectIdentifier]
    }

    func group(_ index: Int) -> AnswerTree<Collected<Bool??>> { Self.entry(index, of: &groups) { AnswerTree() } }
    func layer(_ index: Int) -> AnswerTree<Collected<LayerPath>> { Self.entry(index, of: &layers) { AnswerTree() } }
    func manifest(_ index: Int) -> ManifestMemory { Self.entry(index, of: &manifests, ManifestMemory.init) }

    private static func entry<Entry>(_ index: Int, of list: inout [Entry], _ make: () -> Entry) -> Entry {
        while list.count <= index { list.append(make()) }
        return list[index]
    }

    /// An item with what extends it; nil where there are too many of them.
    func `extension`(of item: EvaluatedItem, by extending: [EvaluatedItem]) -> AnswerTree<EvaluatedItem>? {
        let items = [item] + extending, key = Extension(items: items.map { ObjectIdentifier($0) })
        if let known = extensions[key] { return known.tree }
        if extensions.count >= Self.greatestExtensionCount { return nil }
        // The items are held, so that no other can have their identity.
        let tree = AnswerTree<EvaluatedItem>()
        extensions[key] = (items, tree)
        return tree
    }
}

/// What the hosts have in common of one manifest.
final class ManifestMemory {
    let selection = AnswerTree<Collected<Bool??>>()
    private var certain: ItemsMemory?, tentative: ItemsMemory?

    func items(of context: ItemContext, count: Int) -> ItemsMemory {
        if context.isTentative {
            tentative = tentative ?? ItemsMemory(count: count)
        } else {
            certain = certain ?? ItemsMemory(count: count)
        }
        return (context.isTentative ? tentative : certain) ?? ItemsMemory(count: count)
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

    init(count: Int) {
        items = (0..<count).map { _ in Item() }
    }

    subscript(_ index: Int) -> Item { items[index] }
}

/// What the hosts have in common of the elements of a loop.
final class ElementsMemory {
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

    let turns = AnswerTree<Collected<[RoleTurn]>>()
    private var items: [Turn: ItemsMemory] = [:]

    func items(of turn: RoleTurn, count: Int) -> ItemsMemory {
        let key = Turn(number: turn.number, isOff: turn.isOff, isTentative: turn.isTentative)
        if let known = items[key] { return known }
        let new = ItemsMemory(count: count)
        items[key] = new
        return new
    }
}
