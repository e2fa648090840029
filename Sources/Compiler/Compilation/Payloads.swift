import Model

/// Files below `files/` that a resource names become its content.
extension HostCompilation {
    func readPayloads(_ resource: inout DeclaredResource, in local: LocalScope, names: Set<String>) {
        let fields = resource.type.fields
        guard fields.contains(where: { $0.name == "content" || $0.name == "recurse" }) else { return }
        let given = resource.entries.filter { ["content", "source", "template"].contains($0.key) }
        if given.count > 1 {
            diagnostics.add(
                Diagnostic(
                    "expected one of content, source and template, found `\(given[1].key)` beside `\(given[0].key)`",
                    at: given[1].keyPlace))
            resource.entries.removeAll { $0.key == given[1].key }
        }
        for (index, entry) in resource.entries.enumerated() {
            switch entry.key {
            case "template":
                replace(index, of: &resource) { () throws(Diagnostic) in
                    try self.template(entry.value, in: local, names: names)
                }
            case "source" where fields.contains { $0.name == "content" }:
                replace(index, of: &resource) { () throws(Diagnostic) in try self.source(entry.value) }
            case "recurse":
                if let node = collecting({ () throws(Diagnostic) in try tree(entry.value) }) {
                    resource.entries[index].value = node
                }
            default: break
            }
        }
    }

    private func replace(
        _ index: Int, of resource: inout DeclaredResource, _ content: () throws(Diagnostic) -> Node
    ) {
        let node = collecting(content) ?? Node(.unknown, at: resource.entries[index].value.place)
        resource.entries[index].key = "content"
        resource.entries[index].value = node
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
        do throws(Diagnostic) {
            guard let template = try site.template(name, names: names) else { return Node(.unknown, at: node.place) }
            guard let (text, isSecret) = try scope.rendered(template, in: local) else {
                return Node(.unknown, at: node.place)
            }
            return Node(.string(text), at: node.place, isSecret: isSecret)
        } catch {
            throw Self.located(error, at: node.place, "used here")
        }
    }

    private func source(_ node: Node) throws(Diagnostic) -> Node {
        guard let name = try name(node) else { return Node(.unknown, at: node.place) }
        do throws(Diagnostic) {
            return Node(.bytes(try scope.payload(name)), at: node.place)
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
        let paths = try site.files.paths(below: "files").filter { $0.hasPrefix(folder) }
        if paths.isEmpty { throw Diagnostic("expected files below `\(folder)`, found none", at: node.place) }
        var entries: [Node.Entry] = []
        for path in paths {
            let bytes = try site.files.bytes(of: path) ?? []
            let leaf: [Node.Entry] = [
                .init(key: "content", keyPlace: node.place, value: Node(.bytes(bytes), at: node.place)),
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
