import Model

/// Inventories at size: `inventory/*.jsonl` with one host a line, `{"id": "...", "labels": {...}, "asset": {...}}`.
extension Inventory {
    mutating func readLines(_ path: String, _ files: SiteFiles, into diagnostics: inout Diagnostics) {
        let bytes: [UInt8]
        do throws(Diagnostic) {
            guard let found = try files.bytes(of: path) else { return }
            bytes = found
        } catch {
            diagnostics.add(error)
            return
        }
        var warnings = Diagnostics()
        JSONLines.read(bytes, path: path, limit: FactsFiles.greatestLine, into: &diagnostics) {
            (object, _, place) throws(Diagnostic) in
            try read(object, at: place, into: &warnings)
        }
        diagnostics.add(contentsOf: warnings)
    }

    private mutating func read(
        _ object: JSONObject, at place: Place, into diagnostics: inout Diagnostics
    ) throws(Diagnostic) {
        guard case .string(let id)? = object["id"], !id.isEmpty else {
            throw Diagnostic("expected a host with its `id`, found none", at: place)
        }
        if let refusal = Self.refusal(ofId: id, at: place) { throw refusal }
        for key in object.keys where key != "id" {
            guard let value = object[key] else { continue }
            if key == "install" {
                continue
            } else if !Self.hostKeys.contains(key) {
                throw Diagnostic(
                    "expected a key of a host, found `\(key)`", at: place,
                    hint: Spelling.hint(for: key, among: ["id"] + Self.hostKeys))
            } else if case .map = value {
                continue
            } else {
                throw Diagnostic("`\(key)`: expected a mapping, found another value", at: place)
            }
        }
        var labels: [Label] = []
        if case .map(let members)? = object["labels"] {
            labels = members.map { Label(name: $0.key, place: place, value: $0.value) }
        }
        if let other = host(id) {
            throw Diagnostic(
                "expected each host once, found `\(id)` again", at: place,
                notes: [.init("the first one", at: other.place)])
        }
        add(Host(id: id, place: place, labels: labels))
        if let profile = object["install"] {
            addProfile(Node(Node.Content(profile, at: place), at: place), of: id, into: &diagnostics)
        }
        if let asset = object["asset"] {
            addAsset(Node(Node.Content(asset, at: place), at: place), of: id, into: &diagnostics)
        }
    }
}
