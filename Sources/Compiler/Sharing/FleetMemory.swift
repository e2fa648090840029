import Model

/// What the hosts of a fleet have in common, for those whose facts are known or for the others.
final class FleetMemory {
    let questions: QuestionTable
    let shapes: ShapeTable
    /// Of the new site, where this is of the old one, and what both have in common.
    private let counterpart: FleetMemory?
    private let pairing: SitePairing?
    /// By the paths of the layers.
    var data: [[String?]: DataLayers] = [:]
    private var groups: [AnswerTree<Collected<Bool??>>?] = []
    private var layers: [AnswerTree<Collected<LayerPath>>?] = []
    private var manifests: [ManifestMemory?] = []
    private var extensions: [Extension: (items: [EvaluatedItem], tree: AnswerTree<EvaluatedItem>)] = [:]
    /// Extensions of items that nearly each host has of its own are not kept.
    private static let greatestExtensionCount = 10_000

    /// What some host extends.
    private var extended: Set<Address> = []

    init() {
        questions = QuestionTable()
        shapes = ShapeTable()
        counterpart = nil
        pairing = nil
    }

    /// What hosts have in common by an old site, much of it with what they have by the new one.
    init(beside counterpart: FleetMemory, _ pairing: SitePairing) {
        questions = counterpart.questions
        shapes = counterpart.shapes
        self.counterpart = counterpart
        self.pairing = pairing
    }

    /// What does not depend on the site.
    private var common: FleetMemory { counterpart ?? self }

    func isExtended(_ address: Address) -> Bool { common.extended.contains(address) }
    func noteExtended(_ addresses: [Address]) { common.extended.formUnion(addresses) }

    /// A number that changes when plans should be made anew.
    func epoch(of level: Int) -> Int { common.extended.count + questions.wideCounts[level] }

    private struct Extension: Hashable {
        var items: [ObjectIdentifier]
    }

    func group(_ index: Int) -> AnswerTree<Collected<Bool??>> { Self.entry(index, of: &groups) { AnswerTree() } }
    func layer(_ index: Int) -> AnswerTree<Collected<LayerPath>> { Self.entry(index, of: &layers) { AnswerTree() } }
    func manifest(_ index: Int) -> ManifestMemory {
        Self.entry(index, of: &manifests) {
            guard let counterpart, let link = pairing?.links[index] else { return ManifestMemory() }
            return ManifestMemory(beside: counterpart.manifest(link.manifest), link)
        }
    }

    private static func entry<Entry>(_ index: Int, of list: inout [Entry?], _ make: () -> Entry) -> Entry {
        while list.count <= index { list.append(nil) }
        if let known = list[index] { return known }
        let new = make()
        list[index] = new
        return new
    }

    /// An item with what extends it; nil where there are too many of them.
    func `extension`(of item: EvaluatedItem, by extending: [EvaluatedItem]) -> AnswerTree<EvaluatedItem>? {
        if let counterpart { return counterpart.extension(of: item, by: extending) }
        let items = [item] + extending, key = Extension(items: items.map { ObjectIdentifier($0) })
        if let known = extensions[key] { return known.tree }
        if extensions.count >= Self.greatestExtensionCount || !items.allSatisfy(\.isShared) { return nil }
        // The items are held, so that no other can have their identity.
        let tree = AnswerTree<EvaluatedItem>()
        extensions[key] = (items, tree)
        return tree
    }
}
