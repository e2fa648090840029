import Expressions
import Model

/// Evaluating the items of a manifest: loops, conditions, keys and fields.
extension HostCompilation {
    /// What a resource of a manifest comes to: one item, or one for each element of its loop.
    ///
    /// - Parameter keep: where a resource that is on belongs.
    func items(
        of source: ResourceSource, in context: ItemContext, _ elements: ElementsMemory?,
        _ keep: (inout Outcome, DeclaredResource) -> Void
    ) -> [EvaluatedItem] {
        guard source.loop != nil else {
            return [evaluated { evaluate(source, in: context, names: context.names, keep) }]
        }
        let turns = remembered(elements?.turns) { () -> LoopTurns in
            let (turns, reads) = self.scope.record.traced {
                self.collected { self.turns(of: source.loop, in: context) }
            }
            return LoopTurns(elements: turns.value, diagnostics: turns.diagnostics, reads: reads)
        }
        var items: [EvaluatedItem] = []
        if !turns.diagnostics.list.isEmpty {
            items.append(
                evaluated {
                    diagnostics.add(contentsOf: turns.diagnostics)
                    addUses(of: context, toAllAfter: 0)
                })
        }
        let names = context.names.union(["each"])
        for (number, element) in turns.elements.enumerated() {
            items.append(
                remembered(elements?[number]) {
                    // What an element is depends on what the loop asked.
                    self.scope.record.repeatReads(turns.reads)
                    var inner = context
                    inner.scope.each = element
                    return self.evaluated {
                        self.evaluate(source, in: inner, names: names, keep)
                    }
                })
        }
        return items
    }

    private func evaluate(
        _ source: ResourceSource, in context: ItemContext, names: Set<String>,
        _ keep: (inout Outcome, DeclaredResource) -> Void
    ) {
        defer { addUses(of: context, toAllAfter: 0) }
        let isOn = isOn(source.when, in: context)
        if isOn == true, !context.isOff, !context.isTentative {
            if let resource = resource(source, in: context, names: names) { keep(&outcome, resource) }
            return
        }
        let address = address(source, in: context)
        if context.isOff || isOn == .some(false) {
            if let address { outcome.dormant.append(address) }
        } else if isOn != nil {
            if let address { outcome.tentative.append(address) }
            if let resource = resource(source, in: context, names: names) {
                outcome.tentativeResources.append(resource)
            }
        }
    }

    /// The elements of a loop, each with its key; one that is nil where there is no loop.
    private func turns(of loop: Pattern?, in context: ItemContext) -> [Value?] {
        guard let loop else { return [nil] }
        let elements = collecting { () throws(Diagnostic) -> [(key: Value, value: Value)]? in
            let (value, isSecret) = try scope.value(of: loop, in: context.scope)
            if isSecret {
                throw Diagnostic("`for_each`: expected values without secrets, found a secret", at: loop.place)
            }
            return try scope.elements(of: value, at: loop.place, isSecret: false)
        }
        guard let elements, let elements else { return [] }
        return elements.map { .map(ValueMap([("key", $0.key), ("value", $0.value)])) }
    }

    /// Whether a `when` is true; `.some(nil)` where it is unknown, nil where it has an error.
    private func isOn(_ condition: SiteExpression?, in context: ItemContext) -> Bool?? {
        guard let condition else { return true }
        return collecting { () throws(Diagnostic) in try scope.condition(condition, in: context.scope) }
    }

    /// The address of a resource that is switched off; nil where the key is not known.
    private func address(_ source: ResourceSource, in context: ItemContext) -> Address? {
        guard let node = try? scope.node(of: source.key ?? source.label, in: context.scope), let text = node.text,
            !node.isSecret
        else { return nil }
        return Address(type: source.type.name, key: text)
    }

    private func resource(_ source: ResourceSource, in context: ItemContext, names: Set<String>) -> DeclaredResource? {
        let keyPattern = source.key ?? source.label
        guard let key = collecting({ () throws(Diagnostic) in try scope.node(of: keyPattern, in: context.scope) })
        else { return nil }
        if key.isSecret {
            diagnostics.add(Diagnostic("expected a key without secrets, found a secret", at: key.place))
            return nil
        }
        if case .unknown = key.content { return nil }
        guard let text = key.text, !text.isEmpty else {
            diagnostics.add(Diagnostic("expected a text as key, found \(key.found)", at: key.place))
            return nil
        }
        var resource = DeclaredResource(
            source: source, address: Address(type: source.type.name, key: text), key: key, entries: [],
            origin: context.origin, uses: context.uses)
        resource.entries.reserveCapacity(source.fields.count)
        for field in source.fields {
            guard
                let value = collecting({ () throws(Diagnostic) in
                    try scope.node(of: field.pattern, in: context.scope)
                })
            else { continue }
            // An expression may leave a field out.
            if case .null = value.content, case .expression = field.pattern { continue }
            resource.entries.append(.init(key: field.name, keyPlace: field.place, value: value))
        }
        readPayloads(&resource, in: context.scope, names: names)
        readCommon(source, into: &resource, in: context.scope)
        return resource
    }

    private func readCommon(_ source: ResourceSource, into resource: inout DeclaredResource, in scope: LocalScope) {
        for relation in source.relations { readRelation(relation, into: &resource, in: scope) }
        resource.state = common(source.state, DesiredState.self, "state", scope) ?? .present
        resource.onUndeclared = common(source.onUndeclared, UndeclaredPolicy.self, "on_undeclare", scope)
        resource.tags = common(source.tags, [String].self, "tags", scope) ?? []
        resource.note = common(source.note, String.self, "note", scope)
    }

    private func common<Value: FieldValue>(
        _ pattern: Pattern?, _ type: Value.Type, _ name: String, _ local: LocalScope
    ) -> Value? {
        guard let pattern, let node = collecting({ () throws(Diagnostic) in try scope.node(of: pattern, in: local) })
        else { return nil }
        if node.hasSecret {
            diagnostics.add(Diagnostic("`\(name)`: expected a value that may be shown, found a secret", at: node.place))
            return nil
        }
        return node.decoded(type, as: name, into: &diagnostics)
    }

    private func readRelation(
        _ relation: ResourceSource.Relation, into resource: inout DeclaredResource, in local: LocalScope
    ) {
        let name = relation.kind.rawValue
        guard let node = collecting({ () throws(Diagnostic) in try scope.node(of: relation.pattern, in: local) })
        else { return }
        if case .unknown = node.content { return }
        guard case .list(let items) = node.content else {
            diagnostics.add(
                Diagnostic(
                    "`\(name)`: expected a list of addresses, found \(node.found)", at: node.place,
                    hint: node.text.map { "write [\"\($0)\"]" }))
            return
        }
        for item in items {
            if case .unknown = item.content { continue }
            guard let text = item.text, let address = Address(text) else {
                diagnostics.add(
                    Diagnostic(
                        "`\(name)`: expected an address such as service:nginx, found \(item.found)", at: item.place))
                continue
            }
            if site.types[address.type] == nil {
                diagnostics.add(
                    Diagnostic(
                        "`\(name)`: expected a resource type before the colon, found `\(address.type)`", at: item.place,
                        hint: Spelling.hint(for: address.type, among: Array(site.types.keys))))
                continue
            }
            resource.relations.append(.init(kind: relation.kind, address: address, place: item.place))
        }
    }

    /// Says of what was reported where the roles on the way are used, the innermost first.
    private func addUses(of context: ItemContext, toAllAfter count: Int) {
        for (name, place) in zip(context.origin, context.uses).reversed() {
            diagnostics.add(Diagnostic.Note("the use of \(name)", at: place), toAllAfter: count)
        }
    }

    /// Adds the resources of a role.
    func add(_ use: RoleUse, in context: ItemContext, _ memory: RoleMemory?) {
        if context.origin.count >= 16 || context.origin.contains(use.name) {
            diagnostics.add(
                Diagnostic(
                    "expected roles that do not use themselves, found \((context.origin + [use.name]).joined(separator: " -> "))",
                    at: use.place))
            return
        }
        guard let role = site.role(use.name, at: use.place) else { return }
        let memory = site.pairing?.differs("roles/\(use.name).yaml") == true ? memory?.ofOldSite : memory
        let turns = remembered(memory?.turns) { self.collected { self.turns(of: role, use, in: context) } }
        diagnostics.add(contentsOf: turns.diagnostics)
        for turn in turns.value {
            var inner = ItemContext(scope: LocalScope(host: scope), origin: context.origin + [use.name])
            inner.uses = context.uses + [use.place]
            inner.names = ManifestParser.roleNames
            inner.isOff = turn.isOff
            inner.isTentative = turn.isTentative
            inner.scope.parameters = ParametersMap(turn.parameters, scope)
            add(role.manifest, in: inner, memory?.items(of: turn, count: role.manifest.items.count))
        }
    }

    /// How often a role is used here, and with which parameters.
    private func turns(of role: Role, _ use: RoleUse, in context: ItemContext) -> [RoleTurn] {
        var inner = context
        inner.origin.append(use.name)
        inner.uses.append(use.place)
        defer { addUses(of: inner, toAllAfter: 0) }
        let (elements, loopReads) = scope.record.traced { self.turns(of: use.loop, in: context) }
        return elements.enumerated().compactMap { number, element in
            var context = context
            if let element { context.scope.each = element }
            guard let isOn = isOn(use.when, in: context) else { return nil }
            // What an element is depends on what the loop asked.
            var turn = RoleTurn(number: number, parameters: parameters(of: role, use, in: context, after: loopReads))
            turn.isOff = context.isOff || isOn == false
            turn.isTentative = context.isTentative || isOn == nil
            if let hosts = role.manifest.hosts {
                var inner = ItemContext(scope: LocalScope(host: scope))
                inner.scope.parameters = ParametersMap(turn.parameters, scope)
                guard let claim = self.isOn(hosts, in: inner), claim != false else { return nil }
                if claim == nil { turn.isTentative = true }
            }
            return turn
        }
    }
}

/// The elements of a loop.
struct LoopTurns {
    var elements: [Value?]
    var diagnostics: Diagnostics
    /// What was asked of the host on the way to them.
    var reads: [Int32]
}

/// One use of a role: an element of its loop, or the only one.
struct RoleTurn {
    /// Its position among the elements.
    var number: Int
    var parameters: [ParameterValue]
    /// Whether it is switched off by `when`.
    var isOff = false
    var isTentative = false
}

/// A parameter of one use of a role.
struct ParameterValue {
    var name: String
    var value: Value
    var isSecret = false
    /// What was asked of the host on the way to it.
    var reads: [Int32] = []
}
