import Expressions
import Model

/// Compiles a site for one host: manifests to declared resources to a catalog.
final class HostCompilation {
    let site: Site
    let scope: HostScope
    let areFactsKnown: Bool
    /// False where no host is meant: what depends on labels is not known.
    let areLabelsKnown: Bool
    var diagnostics = Diagnostics()
    /// In manifest order.
    var declared: [DeclaredResource] = []
    var positions: [Address: Int] = [:]
    /// Declared, but switched off by `when`.
    var dormant: Set<Address> = []
    /// Declared where it is not known whether they are on.
    var tentative: Set<Address> = []
    var tentativeResources: [DeclaredResource] = []
    var additions: [DeclaredResource] = []
    private var labels: [Datum.Member] = []
    /// Whether the catalog has a digest of what was read.
    var hasDigest = true

    init(_ site: Site, _ scope: HostScope, areFactsKnown: Bool, areLabelsKnown: Bool = true) {
        self.areLabelsKnown = areLabelsKnown
        self.site = site
        self.scope = scope
        self.areFactsKnown = areFactsKnown
    }

    func compilation() -> Compilation {
        readLabels()
        let data = layers()
        scope.data = data
        scope.fleet = fleet()
        scope.labelNames = site.inventory.labelNames
        scope.zoneOffset = { [site] in site.zoneOffset($0, at: $1) }
        for manifest in site.manifests { add(manifest) }
        for addition in additions { extend(with: addition) }
        let built = CatalogBuilder(self).built()
        var all = site.diagnostics
        all.add(contentsOf: diagnostics)
        all.add(contentsOf: built.diagnostics)
        return Compilation(
            catalog: all.hasErrors ? nil : built.catalog, diagnostics: all, labels: labels,
            reads: scope.record.values, composites: built.composites,
            origins: origins(built.catalog, built.composites), data: data)
    }

    /// Runs something that may report one diagnostic.
    func collecting<Result>(_ body: () throws(Diagnostic) -> Result) -> Result? {
        do throws(Diagnostic) {
            return try body()
        } catch {
            diagnostics.add(error)
            return nil
        }
    }

    private func add(_ manifest: Manifest) {
        var context = ItemContext(scope: LocalScope(host: scope))
        if let hosts = manifest.hosts {
            switch collecting({ () throws(Diagnostic) in try scope.condition(hosts, in: context.scope) }) {
            case nil: return
            case .some(.some(true)): break
            case .some(.some(false)): return
            case .some(.none): context.isTentative = true
            }
        }
        add(manifest, in: &context)
    }

    /// Adds the items of a manifest or a role.
    func add(_ manifest: Manifest, in context: inout ItemContext) {
        if !manifest.vars.isEmpty { context.scope.vars = VarsMap(manifest.vars, in: context.scope, scope) }
        for item in manifest.items {
            switch item {
            case .resource(let source): add(source, in: context)
            case .role(let use): add(use, in: context)
            case .addition(let source):
                if !context.isOff { forEach(source, in: context) { self.additions.append($0) } }
            }
        }
    }

    private func add(_ source: ResourceSource, in context: ItemContext) {
        forEach(source, in: context) { resource in
            if let position = self.positions[resource.address] {
                let isReported = source.loop != nil && (source.key ?? source.label).constant != nil
                if isReported { return }
                self.diagnostics.add(self.duplicate(resource, of: self.declared[position]))
                return
            }
            self.positions[resource.address] = self.declared.count
            self.declared.append(resource)
        }
    }

    /// Two uses of a role are told apart by the places of the uses.
    private func duplicate(_ resource: DeclaredResource, of first: DeclaredResource) -> Diagnostic {
        var notes: [Diagnostic.Note] = [.init("the first one", at: first.uses.first ?? first.place)]
        if !resource.uses.isEmpty { notes.append(.init("\(resource.address) of the role", at: resource.place)) }
        return Diagnostic(
            "expected each resource once, found \(resource.address) again", at: resource.uses.first ?? resource.place,
            hint: resource.uses.isEmpty
                ? "`extend:` adds to a resource declared elsewhere"
                : "let a parameter of the role be a part of the key, so that each use has its own",
            notes: notes)
    }

    private func origins(_ catalog: Catalog?, _ composites: [Declaration]) -> [ResourceOrigin] {
        let order = (catalog?.declarations ?? []).filter { $0.partOf == nil }.map(\.address) + composites.map(\.address)
        return order.compactMap { address in
            positions[address].map { position in
                let resource = declared[position]
                return ResourceOrigin(
                    address: address,
                    values: resource.entries.map {
                        .init(name: $0.key, place: $0.value.place, expression: resource.source?.expression(of: $0))
                    })
            }
        }
    }
}

extension HostCompilation {
    /// The host's own labels, then those of the groups that it is in; two groups may not disagree.
    func readLabels() {
        guard areLabelsKnown else { return }
        let host = site.inventory.host(scope.identity.id)
        var members = host?.labels.map { Datum.Member($0.name, $0.value) } ?? []
        let own = Set(members.map(\.key))
        scope.labels = .lazy(RecordedMap(.ownLabels, at: RecordedMap.labels, members, scope.record))
        var origins: [String: (group: Inventory.Group, label: Inventory.Label)] = [:]
        for group in site.inventory.groups {
            guard let condition = group.condition,
                let claim = collecting({ () throws(Diagnostic) in
                    try scope.condition(condition, in: LocalScope(host: scope))
                }), claim == true
            else { continue }
            for label in group.labels where !own.contains(label.name) {
                if let other = origins[label.name] {
                    guard other.label.value != label.value else { continue }
                    diagnostics.add(
                        Diagnostic(
                            "expected one value of the label `\(label.name)` for \(scope.identity.id), found two",
                            at: label.place, hint: "set it in the host's own labels",
                            notes: [.init("in the group `\(other.group.name)`", at: other.label.place)]))
                    continue
                }
                origins[label.name] = (group, label)
                members.append(.init(label.name, label.value))
            }
        }
        labels = members
        scope.labels = .lazy(RecordedMap(.labels, at: RecordedMap.labels, members, scope.record))
    }

    private func layers() -> DataLayers {
        var layers: [DataLayers.Layer] = []
        for pattern in site.settings.layers {
            guard
                let node = collecting({ () throws(Diagnostic) in
                    try scope.node(of: pattern, in: LocalScope(host: scope))
                })
            else { continue }
            if case .unknown = node.content {
                layers.append(.init(path: "(unknown)", values: nil))
                continue
            }
            guard let path = node.text, HostScope.isCleanPath(path) else {
                diagnostics.add(
                    Diagnostic("`layers`: expected a path in the site, found \(node.found)", at: node.place))
                continue
            }
            if let layer = site.layer(path) { layers.append(layer) }
        }
        return DataLayers(layers, merge: site.settings.merge)
    }

    /// The hosts of the inventory by id: their labels, and their facts where there is a snapshot.
    private func fleet() -> Value {
        .lazy(FleetMap(site))
    }
}
