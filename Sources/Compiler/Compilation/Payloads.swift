import Model

/// Files below `files/` that a resource names become its content.
extension HostCompilation {
    func readPayloads(_ resource: inout DeclaredResource, in local: LocalScope, names: Set<String>) {
        read(resource.type.payloads, into: &resource.entries, in: local, names: names)
    }

    private func read(
        _ payloads: [String: FieldPayload], into entries: inout [Node.Entry], in local: LocalScope, names: Set<String>
    ) {
        if payloads.isEmpty { return }
        refuseRivals(&entries, payloads)
        for (index, entry) in entries.enumerated() {
            guard let payload = payloads[entry.key] else { continue }
            let node = collecting { () throws(Diagnostic) in
                switch payload {
                case .file: try source(entry.value)
                case .template: try template(entry.value, in: local, names: names)
                case .tree: try tree(entry.value)
                case .members(let payloads): members(of: entry.value, payloads, in: local, names: names)
                case .each(let payloads):
                    mapping(entry.value) { members(of: $0, payloads, in: local, names: names) }
                }
            }
            entries[index].key = payload.target ?? entry.key
            entries[index].value = node ?? Node(.unknown, at: entry.value.place)
        }
    }

    private func members(
        of node: Node, _ payloads: [String: FieldPayload], in local: LocalScope, names: Set<String>
    ) -> Node {
        guard case .map(var entries) = node.content else { return node }
        read(payloads, into: &entries, in: local, names: names)
        var node = node
        node.content = .map(entries)
        return node
    }

    private func mapping(_ node: Node, _ change: (Node) -> Node) -> Node {
        guard case .map(var entries) = node.content else { return node }
        for index in entries.indices { entries[index].value = change(entries[index].value) }
        var node = node
        node.content = .map(entries)
        return node
    }

    /// Several fields that all say what one field is.
    private func refuseRivals(_ entries: inout [Node.Entry], _ payloads: [String: FieldPayload]) {
        for target in Set(payloads.values.compactMap(\.target)) {
            let sources = payloads.filter { $0.value.target == target && $0.key != target }.map(\.key).sorted()
            let rivals = [target] + sources
            let given = entries.filter { rivals.contains($0.key) }
            if given.count < 2 { continue }
            let list = rivals.dropLast().joined(separator: ", ") + " and " + (rivals.last ?? "")
            diagnostics.add(
                Diagnostic(
                    "expected one of \(list), found `\(given[1].key)` beside `\(given[0].key)`", at: given[1].keyPlace))
            entries.removeAll { $0.key == given[1].key }
        }
    }

    /// The name of a payload; nil where it is unknown.
    private func name(_ node: Node) throws(Diagnostic) -> String? {
        if case .unknown = node.content { return nil }
        guard let name = node.text, !node.isSecret else {
            throw Diagnostic("expected the name of a file below files/, found \(node.found)", at: node.place)
        }
        return name
    }

    private func template(_ node: Node, in local: LocalScope, names: Set<String>) throws(Diagnostic) -> Node {
        guard let name = try name(node) else { return Node(.unknown, at: node.place) }
        scope.record.askSite("files/\(name)")
        do throws(Diagnostic) {
            guard let template = try site.template(name, names: names) else { return Node(.unknown, at: node.place) }
            guard let (text, isSecret) = try scope.rendered(template, in: local) else {
                return Node(.unknown, at: node.place)
            }
            return Node(.string(text), at: node.place, isSecret: isSecret)
        } catch {
            // The hint may name other files.
            scope.record.askSite("files/")
            throw Self.located(error, at: node.place, "used here")
        }
    }

    private func source(_ node: Node) throws(Diagnostic) -> Node {
        guard let name = try name(node) else { return Node(.unknown, at: node.place) }
        do throws(Diagnostic) {
            return Node(try scope.payload(name), at: node.place)
        } catch {
            throw Self.located(error, at: node.place, "used here")
        }
    }

    /// A folder below `files/` as a mapping from relative paths to contents.
    private func tree(_ node: Node) throws(Diagnostic) -> Node {
        guard let name = try name(node) else { return Node(.unknown, at: node.place) }
        guard HostScope.isCleanPath(name) else {
            throw Diagnostic("expected the name of a folder below files/, found \(node.found)", at: node.place)
        }
        let folder = "files/\(name)/"
        scope.record.askSite("files/")
        let paths = try site.files.paths(below: "files").filter { $0.hasPrefix(folder) }
        if paths.isEmpty { throw Diagnostic("expected files below `\(folder)`, found none", at: node.place) }
        var entries: [Node.Entry] = []
        for path in paths {
            let content = try site.files.payload(path) ?? .bytes([])
            let leaf: [Node.Entry] = [
                .init(key: "content", keyPlace: node.place, value: Node(content, at: node.place)),
                .init(
                    key: "executable", keyPlace: node.place,
                    value: Node(.bool(site.files.reader.isExecutable(path)), at: node.place)),
            ]
            let relative = String(path.dropFirst(folder.count))
            entries.append(.init(key: relative, keyPlace: node.place, value: Node(.map(leaf), at: node.place)))
        }
        return Node(.map(entries), at: node.place)
    }

    /// Gives a diagnostic without a place this one; one that has a place gets a note of it.
    static func located(_ diagnostic: Diagnostic, at place: Place, _ note: String) -> Diagnostic {
        var diagnostic = diagnostic
        if diagnostic.place == nil {
            diagnostic.place = place
        } else {
            diagnostic.notes.append(.init(note, at: place))
        }
        return diagnostic
    }
}

extension ResourceType {
    /// The fields that name something below `files/`.
    var payloads: [String: FieldPayload] {
        Dictionary(uniqueKeysWithValues: fields.compactMap { field in field.payload.map { (field.name, $0) } })
    }
}
