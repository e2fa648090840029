import Expressions
public import Model

/// Where values come from, for `lodestar explain`.
extension Compilation {
    /// The layers' values of one key of `data`, the winner marked; nil when no layer has it.
    public func explanation(ofData key: String) -> [String]? {
        let rule = data.rule(for: key)
        var lines: [String] = []
        var hasWinner = false
        for layer in data.layers {
            guard let value = layer.values?[key] else {
                lines.append("  \(layer.path): \(layer.values == nil ? "unknown here" : "none")")
                continue
            }
            let wins = rule != .first || !hasWinner
            hasWinner = true
            let place = layer.places[key].map { "\($0)" } ?? layer.path
            lines.append("\(wins ? "* " : "  ")\(place): \(((try? value.datum()) ?? .null).json)")
        }
        guard hasWinner else { return nil }
        let merged = (try? data.member(key)).flatMap { $0 }.flatMap { try? $0.datum() }
        let why =
            switch rule {
            case .first: "the most specific layer wins"
            case .append: "the lists are appended, the most specific first (merge: append)"
            case .deep: "the mappings are merged, the most specific winning (merge: deep)"
            }
        return ["data.\(key) = \((merged ?? .null).json)", "\(why):"] + lines
    }

    /// The names of all keys of `data`.
    public var dataKeys: [String] { data.keys() }

    /// The declared values of one resource with their places; nil if the catalog does not hold the resource.
    public func explanation(of address: Address) -> [String]? {
        guard let catalog else { return nil }
        let positions = catalog.declarations.indices.filter { position in
            catalog.declarations[position].address == address
                || catalog.declarations[position].partOf?.address == address
        }
        guard
            let declaration = composites.first(where: { $0.address == address })
                ?? positions.first.map({ catalog.declarations[$0] })
        else { return nil }
        var lines = ["\(address)  \(declaration.place)"]
        if let composite = declaration.partOf { lines.append("  a part of \(composite.address)") }
        if !declaration.origin.isEmpty {
            lines.append("  through the roles \(declaration.origin.joined(separator: " > "))")
        }
        if declaration.state == .absent { lines.append("  state: absent") }
        let source = pieces.first { $0.resource.address == address }?.resource
        for field in declaration.resource.shownFields {
            let entry = source?.entries.first { $0.key == field.name }
            let place = entry.map { "  \($0.value.place)" } ?? ""
            // nil for a constant.
            let expression = entry.flatMap { source?.source.expression(of: $0) }.map { "  from \($0)" } ?? ""
            lines.append("  \(field.name): \(Self.line(of: field.value))\(expression)\(place)")
        }
        for position in positions where catalog.declarations[position].address != address {
            lines.append("  part \(catalog.declarations[position].address)")
        }
        let own = Set(positions), outer = catalog.edges.filter { own.contains($0.from) != own.contains($0.to) }
        var edges: [String] = []
        for edge in outer where own.contains(edge.to) {
            edges.append("  after \(catalog.declarations[edge.from].address) (\(edge.reason))")
        }
        for edge in outer where own.contains(edge.from) && edge.isNotification {
            edges.append("  refreshes \(catalog.declarations[edge.to].address)")
        }
        // Several parts of a composite wait for one and the same.
        var told = Set<String>()
        return lines + edges.filter { told.insert($0).inserted }
    }

    private static func line(of value: ShownText) -> String {
        switch value {
        case .text(let text): text.replacing(scalar: "\n", with: "\\n")
        case .content(let content): "\(content.bytes.count) bytes, \(content.digest)"
        case .digest(let byteCount, let digest): "\(byteCount) bytes, \(digest)"
        case .secret: "(secret)"
        }
    }
}
