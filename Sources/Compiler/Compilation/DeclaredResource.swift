import Model

/// A resource whose values are known, before it is decoded: `extend` may still add to it.
struct DeclaredResource {
    struct Relation: Hashable {
        var kind: RelationKind
        var address: Address
        var place: Place
        /// The property of a composite that means it; nil for one that stands in the manifest by its own name.
        var property: String?
        /// Whether what it names may as well not be declared.
        var isOptional = false

        var name: String { property ?? kind.rawValue }
        var isNotification: Bool { kind == .notify || kind == .subscribe }
    }

    /// The resource in the manifest.
    let source: ResourceSource
    var address: Address
    var key: Node
    var entries: [Node.Entry]
    var relations: [Relation] = []
    var state = DesiredState.present
    var onUndeclared: UndeclaredPolicy?
    var tags: [String] = []
    var note: String?
    var origin: [String]
    /// Where the roles on the way are used, outermost first.
    var uses: [Place] = []

    var type: ResourceType { source.type }
    var place: Place { source.place }

    /// The place of a property's value, or of the key that it names; of the whole where it is not given.
    func place(of property: String?) -> Place {
        if let entry = entries.first(where: { $0.key == property }) { return entry.value.place }
        return property == type.keyField?.name ? key.place : place
    }
}

/// Where items of manifests are evaluated.
struct ItemContext {
    var scope: LocalScope
    /// The roles on the way, outermost first.
    var origin: [String] = []
    /// The places where these roles are used.
    var uses: [Place] = []
    /// The names that expressions may use, without `each`.
    var names = ManifestParser.manifestNames
    /// Whether a `when` on the way is false: what is declared is dormant.
    var isOff = false
    /// Whether something on the way is unknown: what is declared is only checked.
    var isTentative = false
}
