public import Model

/// How a graph is drawn.
public enum GraphFormat: String, CaseIterable, Sendable {
    case text, dot, mermaid
}

/// The resources of a catalog and why one waits for another.
public struct GraphDrawing {
    let catalog: Catalog
    /// The positions in the order of apply, but the parts of a composite together with the first of them.
    private let grouped: [Int]
    private let firsts: [Int: Address]
    private let lasts: Set<Int>

    public init(_ catalog: Catalog) {
        self.catalog = catalog
        var parts: [Address: [Int]] = [:], grouped: [Int] = [], firsts: [Int: Address] = [:]
        for (position, declaration) in catalog.declarations.enumerated() {
            if let composite = declaration.partOf?.address { parts[composite, default: []].append(position) }
        }
        for (position, declaration) in catalog.declarations.enumerated() {
            guard let composite = declaration.partOf?.address, let own = parts[composite] else {
                grouped.append(position)
                continue
            }
            guard own.first == position else { continue }
            grouped += own
            firsts[position] = composite
        }
        self.grouped = grouped
        self.firsts = firsts
        lasts = Set(parts.values.compactMap(\.last))
    }

    private func composite(beginningAt position: Int) -> Address? { firsts[position] }
    private func endsComposite(_ position: Int) -> Bool { lasts.contains(position) }

    public func drawing(_ format: GraphFormat) -> String {
        switch format {
        case .text: text
        case .dot: dot
        case .mermaid: mermaid
        }
    }

    /// Each resource in the order of apply, below it what it waits for and why.
    private var text: String {
        var incoming: [[Edge]] = Array(repeating: [], count: catalog.declarations.count)
        for edge in catalog.edges { incoming[edge.to].append(edge) }
        var lines: [String] = []
        for position in grouped {
            let declaration = catalog.declarations[position], indent = declaration.partOf == nil ? "" : "  "
            if let composite = composite(beginningAt: position) {
                lines.append("\(composite)  \(declaration.place)")
            }
            lines.append("\(indent)\(declaration.address)" + (indent.isEmpty ? "  \(declaration.place)" : ""))
            let edges = incoming[position].sorted { $0.from < $1.from }
            for (index, edge) in edges.enumerated() {
                let branch = index == edges.count - 1 ? "└─" : "├─"
                let arrow = edge.isNotification ? "↻" : "after"
                let place = edge.place.map { "  \($0)" } ?? ""
                lines.append(
                    "\(indent)  \(branch) \(arrow) \(catalog.declarations[edge.from].address)  (\(edge.reason))\(place)"
                )
            }
        }
        lines.append("\(catalog.declarations.count) resources, \(catalog.edges.count) edges")
        return lines.joined(separator: "\n")
    }

    private var dot: String {
        var lines = ["digraph catalog {", "  rankdir=LR;", "  node [shape=box, fontname=\"sans-serif\"];"]
        for position in grouped {
            if let composite = composite(beginningAt: position) {
                lines.append("  subgraph cluster_\(position) { label=\(quoted(composite.description));")
            }
            lines.append("  n\(position) [label=\(quoted(catalog.declarations[position].address.description))];")
            if endsComposite(position) { lines.append("  }") }
        }
        for edge in catalog.edges {
            let style = edge.isNotification ? ", style=bold" : edge.place == nil ? ", style=dashed" : ""
            lines.append("  n\(edge.from) -> n\(edge.to) [label=\(quoted(edge.reason))\(style)];")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private var mermaid: String {
        var lines = ["flowchart LR"]
        for position in grouped {
            if let composite = composite(beginningAt: position) {
                lines.append("  subgraph c\(position)[\(mermaidText(composite.description))]")
            }
            lines.append("  n\(position)[\(mermaidText(catalog.declarations[position].address.description))]")
            if endsComposite(position) { lines.append("  end") }
        }
        for edge in catalog.edges {
            let arrow = edge.isNotification ? "==>" : edge.place == nil ? "-.->" : "-->"
            lines.append("  n\(edge.from) \(arrow)|\(mermaidText(edge.reason))| n\(edge.to)")
        }
        return lines.joined(separator: "\n")
    }

    private func quoted(_ text: String) -> String {
        "\"\(text.replacing(scalar: "\\", with: "\\\\").replacing(scalar: "\"", with: "\\\"").replacing(scalar: "\n", with: "\\n"))\""
    }

    /// Quoted as mermaid wants it: its own signs as entities.
    private func mermaidText(_ text: String) -> String {
        "\"\(text.replacing(scalar: "#", with: "#35;").replacing(scalar: "\"", with: "#quot;").replacing(scalar: "\n", with: " "))\""
    }
}
