import Expressions
import Model

/// Compiles a site for one host: manifests to items with values to a graph to a catalog.
final class HostCompilation {
    let site: Site
    let scope: HostScope
    private let manifests: [Manifest]
    let areFactsKnown: Bool
    /// False where no host is meant: what depends on labels is not known.
    let areLabelsKnown: Bool
    /// What hosts that were compiled before have in common with this one; nil where one host is compiled.
    let memory: FleetMemory?
    /// Where two sites are compared: what the new one came to.
    var counterpart: Counterpart?
    /// The manifest that is evaluated; nil outside of manifests.
    private(set) var manifestIndex: Int?
    /// Of the item that is evaluated, or of the host where none is.
    var outcome = Outcome()
    /// In manifest order.
    private(set) var portions: [Portion] = []
    var items: [EvaluatedItem] { portions.flatMap(\.items) }
    /// By the inventory.
    var labels: [Datum.Member] { scope.allLabels }

    /// - Parameter manifests: those of the site, where nobody says otherwise.
    init(
        _ site: Site, _ scope: HostScope, _ manifests: [Manifest]? = nil, areFactsKnown: Bool,
        areLabelsKnown: Bool = true, memory: FleetMemory? = nil
    ) {
        self.areLabelsKnown = areLabelsKnown
        self.site = site
        self.manifests = manifests ?? site.manifests
        self.scope = scope
        self.areFactsKnown = areFactsKnown
        self.memory = memory
    }

    var diagnostics: Diagnostics {
        get { outcome.diagnostics }
        _modify { yield &outcome.diagnostics }
    }

    /// - Parameter hasDigest: whether the catalog has a digest of what was read.
    func compilation(hasDigest: Bool = true) -> Compilation {
        let data = evaluate()
        let items = items
        let assembly = Assembly(items, of: site, areFactsKnown: areFactsKnown)
        let graph = GraphBuilder(assembly).built()
        var all = site.diagnostics
        all.add(contentsOf: diagnostics)
        for item in items { all.add(contentsOf: item.diagnostics) }
        all.add(contentsOf: graph.diagnostics)
        let catalog = graph.catalog(
            of: assembly.pieces, site: site, host: scope.identity, digest: hasDigest ? digest : Digest(of: ""))
        return Compilation(
            catalog: all.hasErrors ? nil : catalog, diagnostics: all, labels: labels, reads: scope.record.values,
            composites: assembly.pieces.compactMap(\.composite), pieces: assembly.pieces, data: data)
    }

    /// Evaluates everything that the site says for the host.
    ///
    /// - Returns: the host's layers of data.
    @discardableResult
    func evaluate() -> DataLayers {
        readLabels()
        let data = layers()
        scope.data = RecordedData(data, scope.record)
        scope.fleet = .lazy(FleetMap(site))
        scope.labelNames = site.inventory.labelNames
        scope.zoneOffset = { [site] in site.zoneOffset($0, at: $1) }
        for (index, manifest) in manifests.enumerated() {
            manifestIndex = index
            add(manifest, memory?.manifest(index))
        }
        manifestIndex = nil
        portions = extended(portions)
        return data
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

    private func add(_ manifest: Manifest, _ memory: ManifestMemory?) {
        var context = ItemContext(scope: LocalScope(host: scope))
        if let hosts = manifest.hosts {
            let claim = remembered(memory?.selection) {
                self.collected {
                    self.collecting { () throws(Diagnostic) in try self.scope.condition(hosts, in: context.scope) }
                }
            }
            diagnostics.add(contentsOf: claim.diagnostics)
            switch claim.value {
            case nil: return
            case .some(.some(true)): break
            case .some(.some(false)): return
            case .some(.none): context.isTentative = true
            }
        }
        add(manifest, in: context, memory?.items(of: context, count: manifest.items.count))
    }

    /// Adds the items of a manifest or a role.
    func add(_ manifest: Manifest, in context: ItemContext, _ memory: ItemsMemory?) {
        if let memory, addPlanned(manifest, in: context, memory) { return }
        let here = withVars(of: manifest, context)
        for (index, item) in manifest.items.enumerated() { add(item, at: index, in: here, memory?[index]) }
    }

    /// A context that has a manifest's own values.
    func withVars(of manifest: Manifest, _ context: ItemContext) -> ItemContext {
        if manifest.vars.isEmpty { return context }
        var inner = context
        inner.scope.vars = VarsMap(manifest.vars, in: context.scope, scope)
        return inner
    }

    func add(_ item: Manifest.Item, in context: ItemContext, _ memory: ItemsMemory.Item?) {
        if let items = items(of: item, in: context, memory) {
            portions += items.map { .item($0) }
        } else if case .role(let use) = item {
            add(use, in: context, memory?.role)
        }
    }

    func add(_ run: ItemRun) { portions.append(.run(run)) }
    func add(_ known: ArraySlice<Portion>) { portions += known }

    /// What a resource or an addition comes to, which hosts with the same answers have in common; nil for the use of a role.
    func items(of item: Manifest.Item, in context: ItemContext, _ memory: ItemsMemory.Item?) -> [EvaluatedItem]? {
        switch item {
        case .role: return nil
        case .resource(let source):
            return remembered(memory?.items) {
                self.items(of: source, in: context, memory?.elements) { $0.declared.append($1) }
            }
        case .addition(let source):
            if context.isOff { return [] }
            return remembered(memory?.items) {
                self.items(of: source, in: context, memory?.elements) { $0.additions.append($1) }
            }
        }
    }

    /// What hosts with the same answers came to, else what this one comes to.
    func remembered<Result>(_ tree: AnswerTree<Result>?, _ evaluation: () -> Result) -> Result {
        guard let tree, let answers = scope.record.answers else { return evaluation() }
        return tree.result(for: answers, of: scope.record, evaluation)
    }

    /// Evaluates an item, decodes what it declares, and leaves the host's outcome as it was.
    func evaluated(_ evaluation: () -> Void) -> EvaluatedItem {
        apart {
            evaluation()
            let own = outcome
            let pieces = decoded()
            return EvaluatedItem(own, pieces: pieces, diagnostics: outcome.diagnostics)
        }
    }

    /// A value with what was reported on the way to it.
    func collected<Result>(_ body: () -> Result) -> Collected<Result> {
        apart {
            let value = body()
            return Collected(value: value, diagnostics: outcome.diagnostics)
        }
    }

    /// Runs something with an outcome of its own.
    private func apart<Result>(_ body: () -> Result) -> Result {
        let outer = outcome
        defer { outcome = outer }
        outcome = Outcome()
        return body()
    }

    /// Of all that was read of the site, and what of the host.
    private var digest: Digest {
        Digest(
            of: [
                site.files.digest.hexadecimal, scope.record.digest.hexadecimal, scope.identity.id, scope.identity.name,
                scope.identity.ip ?? "-", scope.secrets == nil ? "no secrets" : "secrets",
            ].joined(separator: "\u{0}"))
    }
}

/// A value with what was reported on the way to it.
struct Collected<Value> {
    var value: Value
    var diagnostics: Diagnostics
}

extension Graph {
    /// What the positions of the graph stand for.
    func declarations(of pieces: [Piece]) -> [Declaration] {
        var declarations: [Declaration] = [], position = 0
        declarations.reserveCapacity(taken.count)
        for index in pieces.indices {
            for declaration in pieces[index].declarations {
                if taken[position] { declarations.append(declaration) }
                position += 1
            }
        }
        return declarations
    }

    /// The catalog of a host whose pieces have this graph; nil where there is no order.
    func catalog(of pieces: [Piece], site: Site, host: HostIdentity, digest: Digest) -> Catalog? {
        guard let order else { return nil }
        var places = Array(repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { places[old] = new }
        let moved = edges.map {
            var edge = $0
            edge.from = places[$0.from]
            edge.to = places[$0.to]
            return edge
        }
        let declarations = declarations(of: pieces)
        return Catalog(
            site: site.settings.name, host: host, safety: site.settings.safety,
            declarations: order.map { declarations[$0] },
            edges: moved, digest: digest, revision: site.revision, dormant: dormant)
    }
}

extension HostCompilation {
    /// The host's own labels, then those of the groups that it is in; two groups may not disagree.
    func readLabels() {
        guard areLabelsKnown else { return }
        let host = site.inventory.host(scope.identity.id)
        var members = host?.labels.map { Datum.Member($0.name, $0.value) } ?? []
        let own = Set(members.map(\.key))
        scope.ownLabels = members
        scope.labels = .lazy(RecordedMap(.ownLabels, members, scope.record))
        var origins: [String: (group: Inventory.Group, label: Inventory.Label)] = [:]
        for (index, group) in site.inventory.groups.enumerated() {
            guard let condition = group.condition else { continue }
            let claim = remembered(memory?.group(index)) {
                self.collected {
                    self.collecting { () throws(Diagnostic) in
                        try self.scope.condition(condition, in: LocalScope(host: self.scope))
                    }
                }
            }
            diagnostics.add(contentsOf: claim.diagnostics)
            guard claim.value == true else { continue }
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
        scope.allLabels = members
        scope.labels = .lazy(RecordedMap(.labels, members, scope.record))
    }

    private func layers() -> DataLayers {
        var paths: [String?] = []
        for (index, pattern) in site.settings.layers.enumerated() {
            let path = remembered(memory?.layer(index)) { self.collected { self.layerPath(pattern) } }
            diagnostics.add(contentsOf: path.diagnostics)
            switch path.value {
            case .unknown: paths.append(nil)
            case .path(let path): if site.layer(path) != nil { paths.append(path) }
            case .refused: break
            }
        }
        if let known = memory?.data[paths] { return known }
        let layers = paths.compactMap { path -> DataLayers.Layer? in
            guard let path else { return .init(path: "(unknown)", values: nil) }
            return site.layer(path)
        }
        let data = DataLayers(layers, merge: site.settings.merge)
        memory?.data[paths] = data
        return data
    }

    private func layerPath(_ pattern: Pattern) -> LayerPath {
        guard
            let node = collecting({ () throws(Diagnostic) in
                try scope.node(of: pattern, in: LocalScope(host: scope))
            })
        else { return .refused }
        if case .unknown = node.content { return .unknown }
        guard let path = node.text, HostScope.isCleanPath(path) else {
            diagnostics.add(
                Diagnostic("`layers`: expected a path in the site, found \(node.found)", at: node.place))
            return .refused
        }
        return .path(path)
    }
}

/// The file of a layer for one host.
enum LayerPath {
    case path(String)
    case unknown
    case refused
}
