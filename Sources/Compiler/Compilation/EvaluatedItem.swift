import Model

/// What an item of a manifest comes to: its resources with their values.
struct Outcome {
    /// In the order of the manifest.
    var declared: [DeclaredResource] = []
    /// Declared, but switched off by `when`.
    var dormant: [Address] = []
    /// Declared where it is not known whether they are on.
    var tentative: [Address] = []
    var tentativeResources: [DeclaredResource] = []
    var additions: [DeclaredResource] = []
    /// Without those of decoding.
    var diagnostics = Diagnostics()
}

/// A declared resource, decoded, with the declarations that it stands for.
struct Piece {
    var resource: DeclaredResource
    /// nil for a resource that stands for itself.
    var composite: Declaration?
    /// The resource itself, or the parts of a composite.
    var declarations: [Declaration]
    /// The relations of the resource, with those that its properties mean.
    var relations: [DeclaredResource.Relation]
    /// Those among the parts of a composite.
    var partRelations: [PartRelation] = []
    /// Whether it could not be decoded: what it owns is not known.
    var isBroken: Bool
    /// Whether its parts may belong to others too.
    var sharesParts = false
}

/// An item of a manifest, evaluated and decoded. Hosts with the same answers share it.
final class EvaluatedItem {
    let outcome: Outcome
    /// One for each declared resource.
    let pieces: [Piece]
    /// All that is wrong with it.
    let diagnostics: Diagnostics
    let hasErrors: Bool
    /// The number of its shape among those of a fleet; nil where one host is compiled.
    var shape: Int32?
    /// Whether others may have it too.
    var isShared = false

    /// - Parameter diagnostics: those of the outcome, and of decoding.
    init(_ outcome: Outcome, pieces: [Piece], diagnostics: Diagnostics) {
        self.outcome = outcome
        self.pieces = pieces
        self.diagnostics = diagnostics
        hasErrors = diagnostics.hasErrors
    }
}
