import Model
import YAML

/// Turns the nodes of one manifest or role into its items.
struct ManifestParser {
    let types: [String: ResourceType]
    let source: SourceText
    /// The names that expressions may use, without `each`.
    let names: Set<String>
    /// The types that stand elsewhere, and where.
    private let strangers: (types: Set<String>, place: String)
    var diagnostics = Diagnostics()

    static let reserved = ["hosts", "vars", "role", "extend"]
    static let manifestNames: Set<String> = ["facts", "labels", "vars", "data", "host", "fleet"]
    static let roleNames: Set<String> = manifestNames.union(["param"])

    /// - Parameter isProfile: whether it is an install profile, which declares what an installation makes and nothing else.
    init(types: [String: ResourceType], source: SourceText, names: Set<String>, isProfile: Bool = false) {
        self.types = types.filter { $0.value.isProvisioning == isProfile }
        strangers = (
            Set(types.keys).subtracting(self.types.keys),
            isProfile ? "`manifests/`" : "install profiles, `install/NAME.yaml`"
        )
        self.source = source
        self.names = names
    }

    mutating func manifest(_ root: Node, ignoring ignored: Set<String> = []) -> Manifest {
        var manifest = Manifest(file: source.file)
        for entry in NodeReader.entries(of: root, what: "a manifest", into: &diagnostics)
        where !ignored.contains(entry.key) {
            switch entry.key {
            case "hosts": manifest.hosts = condition(entry.value)
            case "vars": manifest.vars = vars(entry.value)
            case "role":
                for use in entries(entry.value, "role") { manifest.items.append(.role(roleUse(use))) }
            case "extend":
                for collection in entries(entry.value, "extend") {
                    manifest.items += resources(collection, isAddition: true).map { .addition($0) }
                }
            default: manifest.items += resources(entry, isAddition: false).map { .resource($0) }
            }
        }
        return manifest
    }

    func isKnown(_ key: String) -> Bool { Self.reserved.contains(key) || types[key] != nil }

    private mutating func resources(_ collection: Node.Entry, isAddition: Bool) -> [ResourceSource] {
        guard let type = types[collection.key] else {
            let allowed = types.keys + (isAddition ? [] : Self.reserved)
            diagnostics.add(
                Diagnostic(
                    "expected a resource type\(isAddition ? "" : " or a reserved word"), found \(Node.quoted(collection.key))",
                    at: collection.keyPlace,
                    hint: strangers.types.contains(collection.key)
                        ? "`\(collection.key)` stands in \(strangers.place)"
                        : Spelling.hint(for: collection.key, among: allowed)))
            return []
        }
        return entries(collection.value, collection.key).map { resource($0, type, isAddition: isAddition) }
    }

    private mutating func resource(_ entry: Node.Entry, _ type: ResourceType, isAddition: Bool) -> ResourceSource {
        let fields = entries(entry.value, "\(type.name):\(entry.key)")
        let isLooped = fields.contains { $0.key == "for_each" }
        let resource = ResourceSource(
            type: type, label: key(entry.key, at: entry.keyPlace, isLooped: isLooped), place: entry.keyPlace)
        for field in fields { add(field, to: resource, isLooped: isLooped) }
        if isLooped, (resource.key ?? resource.label).constant != nil {
            diagnostics.add(
                Diagnostic(
                    "expected a key that uses `each`, found `\((resource.key ?? resource.label).constant?.text ?? "")`",
                    at: (resource.key ?? resource.label).place,
                    hint: "write `${{ each.value }}` or `${{ each.key }}` into the key, or add `key:`"))
        }
        return resource
    }

    private mutating func add(_ field: Node.Entry, to resource: ResourceSource, isLooped: Bool) {
        let type = resource.type
        if type.fields.dropFirst().contains(where: { $0.name == field.key }) {
            resource.fields.append(
                .init(name: field.key, place: field.keyPlace, pattern: pattern(field.value, isLooped)))
            return
        }
        if let kind = RelationKind(rawValue: field.key) {
            resource.relations.append(.init(kind: kind, pattern: pattern(field.value, isLooped)))
            return
        }
        switch field.key {
        case "key": resource.key = pattern(field.value, isLooped)
        case "for_each": resource.loop = loop(field.value)
        case "when": resource.when = condition(field.value, isLooped)
        case "state" where type.isRemovable: resource.state = pattern(field.value, isLooped)
        case "on_undeclare": resource.onUndeclared = pattern(field.value, isLooped)
        case "tags": resource.tags = pattern(field.value, isLooped)
        case "note": resource.note = pattern(field.value, isLooped)
        default:
            let allowed = type.fields.dropFirst().map(\.name) + Self.common(type)
            diagnostics.add(
                Diagnostic(
                    "expected a property of \(type.name), found \(Node.quoted(field.key))", at: field.keyPlace,
                    hint: field.key == "state"
                        ? "a \(type.name) cannot be removed" : Spelling.hint(for: field.key, among: allowed)))
        }
    }

    /// The words that every resource of a type takes.
    static func common(_ type: ResourceType) -> [String] {
        ["when", "for_each", "key", "require", "before", "notify", "subscribe", "on_undeclare", "tags", "note"]
            + (type.isRemovable ? ["state"] : [])
    }

    private mutating func roleUse(_ entry: Node.Entry) -> RoleUse {
        let keyed = NodeReader(
            entry.value, allowed: ["use", "with", "when", "for_each"], what: "a role's use", into: &diagnostics)
        let name = keyed["use"]?.decoded(String.self, as: "use", into: &diagnostics) ?? entry.key
        var use = RoleUse(name: name, place: entry.keyPlace)
        let isLooped = keyed["for_each"] != nil
        for parameter in keyed["with"].map({ entries($0, "with") }) ?? [] {
            use.parameters.append(
                .init(
                    name: parameter.key, place: parameter.keyPlace,
                    pattern: pattern(parameter.value, isLooped, reading: .free)))
        }
        use.loop = keyed["for_each"].map { loop($0) }
        use.when = keyed["when"].flatMap { condition($0, isLooped) }
        return use
    }

    private mutating func vars(_ node: Node) -> [VarSource] {
        entries(node, "vars").map {
            VarSource(name: $0.key, place: $0.keyPlace, pattern: pattern($0.value, false, reading: .free))
        }
    }

    private mutating func entries(_ node: Node, _ what: String) -> [Node.Entry] {
        NodeReader.entries(of: node, what: what, into: &diagnostics)
    }
}

extension ManifestParser {
    private mutating func withPatterns<Result>(_ isLooped: Bool, _ body: (inout PatternParser) -> Result) -> Result {
        var parser = PatternParser(source: source, names: isLooped ? names.union(["each"]) : names)
        let result = body(&parser)
        diagnostics.add(contentsOf: parser.diagnostics)
        return result
    }

    private mutating func pattern(
        _ node: Node, _ isLooped: Bool, reading: PatternParser.Reading = .directed
    ) -> Pattern {
        withPatterns(isLooped) { $0.pattern(of: node, reading) }
    }

    private mutating func key(_ text: String, at place: Place, isLooped: Bool) -> Pattern {
        withPatterns(isLooped) { $0.key(text, at: place) }
    }

    private mutating func condition(_ node: Node, _ isLooped: Bool = false) -> SiteExpression? {
        withPatterns(isLooped) { $0.condition(node) }
    }

    /// A list, a mapping or one whole expression.
    private mutating func loop(_ node: Node) -> Pattern {
        let pattern = pattern(node, false, reading: .free)
        switch node.content {
        case .list, .map: return pattern
        default:
            if case .expression = pattern { return pattern }
            diagnostics.add(
                Diagnostic(
                    "`for_each`: expected a list, a mapping or one `${{ }}`, found \(node.found)", at: node.place,
                    hint: node.text.map { "write ${{ \($0) }}" }))
            return .list([], node.place)
        }
    }
}
