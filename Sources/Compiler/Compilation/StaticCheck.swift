public import Model

extension Site {
    /// Diagnostics of the parts of a site that no host reached: unused roles, resources that are switched off.
    ///
    /// Constant values are decoded whatever the host; what depends on one counts as unknown.
    public func remainingDiagnostics() -> Diagnostics {
        let nobody = CompilationTarget(identity: HostIdentity(id: "", name: ""), facts: nil)
        let scope = HostScope(nobody, files: files, secrets: nil)
        let ofNoHost = HostCompilation(self, scope, areFactsKnown: false, areLabelsKnown: false).compilation()
        diagnostics.add(contentsOf: ofNoHost.diagnostics)
        for path in (try? files.paths(below: "roles")) ?? [] where path.hasSuffix(".yaml") {
            let name = String(path.dropFirst("roles/".count).dropLast(".yaml".count))
            let place = Place(file: SourceFile(path), line: 1, column: 1)
            if let role = role(name, at: place) { check(role.manifest) }
        }
        for manifest in manifests { check(manifest) }
        return diagnostics
    }

    private func check(_ manifest: Manifest) {
        for item in manifest.items {
            switch item {
            case .resource(let source), .addition(let source): check(source)
            case .role(let use): _ = role(use.name, at: use.place)
            }
        }
    }

    private func check(_ source: ResourceSource) {
        let key = (source.key ?? source.label).constant ?? Node(.unknown, at: source.place)
        let payloads = source.type.payloads
        let entries = source.fields.compactMap { field -> Node.Entry? in
            guard payloads[field.name] == nil else { return nil }
            let value = field.pattern.constant ?? Node(.unknown, at: field.pattern.place)
            return .init(key: field.name, keyPlace: field.place, value: value)
        }
        _ = source.type.swiftType.decoded(key: key, fields: entries, into: &diagnostics)
        if let state = source.state?.constant { _ = state.decoded(DesiredState.self, as: "state", into: &diagnostics) }
        if let policy = source.onUndeclared?.constant {
            _ = policy.decoded(UndeclaredPolicy.self, as: "on_undeclare", into: &diagnostics)
        }
        if let tags = source.tags?.constant { _ = tags.decoded([String].self, as: "tags", into: &diagnostics) }
    }
}
