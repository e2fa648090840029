import Model

/// The resources of a host, put together from the items of the manifests: each once, with what extends it.
struct Assembly {
    let site: Site
    let areFactsKnown: Bool
    /// In manifest order.
    private(set) var pieces: [Piece] = []
    private(set) var dormant: Set<Address> = []
    private(set) var tentative: Set<Address> = []
    /// What is wrong among the items, and with none of them alone.
    private(set) var diagnostics = Diagnostics()
    private var positions: [Address: Int] = [:]

    init(_ items: [EvaluatedItem], of site: Site, areFactsKnown: Bool) {
        self.site = site
        self.areFactsKnown = areFactsKnown
        for item in items {
            for piece in item.pieces { add(piece) }
            dormant.formUnion(item.outcome.dormant)
            tentative.formUnion(item.outcome.tentative)
        }
        for item in items {
            for addition in item.outcome.additions where positions[addition.address] == nil { reportUnknown(addition) }
        }
    }

    private mutating func add(_ piece: Piece) {
        let resource = piece.resource
        guard let position = positions[resource.address] else {
            positions[resource.address] = pieces.count
            pieces.append(piece)
            return
        }
        // An expression that gives the same key for each element would be reported for each of them.
        if resource.isOfOneKey { return }
        diagnostics.add(Self.duplicate(resource, of: pieces[position].resource))
    }

    /// Two uses of a role are told apart by the places of the uses.
    private static func duplicate(_ resource: DeclaredResource, of first: DeclaredResource) -> Diagnostic {
        var notes: [Diagnostic.Note] = [.init("the first one", at: first.uses.first ?? first.place)]
        if !resource.uses.isEmpty { notes.append(.init("\(resource.address) of the role", at: resource.place)) }
        notes += resource.useNotes
        return Diagnostic(
            "expected each resource once, found \(resource.address) again", at: resource.uses.first ?? resource.place,
            hint: resource.uses.isEmpty
                ? "`extend:` adds to a resource declared elsewhere"
                : "let a parameter of the role be a part of the key, so that each use has its own",
            notes: notes)
    }

    private mutating func reportUnknown(_ addition: DeclaredResource) {
        if dormant.contains(addition.address) || tentative.contains(addition.address) { return }
        if !areFactsKnown, site.mentions(addition.address.type) { return }
        let known = pieces.map(\.resource).filter { $0.type.name == addition.type.name }.map(\.address.key)
        diagnostics.add(
            Diagnostic(
                "expected a declared resource to extend, found \(addition.address)", at: addition.place,
                hint: Spelling.hint(for: addition.address.key, among: Array(known.prefix(200)))))
    }
}

extension DeclaredResource {
    /// Whether it stands in a loop with the same key for each element.
    var isOfOneKey: Bool {
        guard source.loop != nil else { return false }
        return (source.key ?? source.label).constant != nil
    }

    /// Where the roles are used that it came through, the innermost first.
    var useNotes: [Diagnostic.Note] {
        zip(origin, uses).reversed().map { .init("the use of \($0)", at: $1) }
    }
}
