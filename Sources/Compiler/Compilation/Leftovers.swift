public import Model

extension Site {
    /// Warnings of what is in the site's directory and is used by nobody: links and other files that are none, and facts of
    /// hosts that the inventory does not have.
    public func leftovers() -> Diagnostics {
        var found = Diagnostics()
        do throws(SiteFault) {
            for (path, kind) in try files.reader.leftOut() {
                found.add(
                    Diagnostic(
                        "expected a plain file, found \(kind), which is no part of the site",
                        at: Place(file: SourceFile(path), line: 0, column: 0), severity: .warning))
            }
        } catch {
            found.add(Diagnostic("cannot read `\(error.path)`: \(error.reason)", at: nil))
        }
        if !inventory.hosts.isEmpty { addFactsOfNobody(to: &found) }
        return found
    }

    /// One word for each file, whatever the count of its lines.
    private func addFactsOfNobody(to found: inout Diagnostics) {
        var strangers: [SourceFile: (first: (id: String, place: Place), count: Int)] = [:]
        func add(_ id: String, _ place: Place) {
            if inventory.host(id) != nil { return }
            let known = strangers[place.file]
            let isFirst = known.map { place.line < $0.first.place.line } ?? true
            strangers[place.file] = (isFirst ? (id, place) : known?.first ?? (id, place), (known?.count ?? 0) + 1)
        }
        for (id, place) in facts.linesByHost { add(id, place) }
        for path in (try? files.paths(below: "facts")) ?? [] where path.hasSuffix(".json") {
            let id = String(path.dropFirst("facts/".count).dropLast(".json".count))
            add(id, Place(file: SourceFile(path), line: 1, column: 1))
        }
        let names = inventory.hosts.prefix(1000).map(\.id)
        for (first, count) in strangers.values {
            let others = count > 1 ? " and of \((count - 1).counted("other"))" : ""
            found.add(
                Diagnostic(
                    "expected facts of hosts of the inventory, found those of `\(first.id.printable)`\(others)",
                    at: first.place, hint: Spelling.nearest(to: first.id, among: names), severity: .warning))
        }
    }
}
