public import Model

/// The reference page of one resource type, made from its table.
public struct ReferencePage {
    let type: ResourceType

    public init(_ type: ResourceType) {
        self.type = type
    }

    public var markdown: String {
        var lines = ["# \(type.name)", "", type.doc, ""]
        lines += ["| field | role | what it is | example |", "|---|---|---|---|"]
        for field in type.fields {
            let examples = field.examples.map { "`\(escaped($0))`" }.joined(separator: ", ")
            let role = field.role.rawValue + (field.isRequired ? ", mandatory" : "")
            let secret = field.acceptsSecrets ? " May be a secret." : ""
            lines.append("| \(field.name) | \(role) | \(escaped(field.doc))\(secret) | \(examples) |")
        }
        lines += ["", "A key names the resource, a property is compared with the host, a parameter says only how.", ""]
        lines += [capabilities, "", "## Examples", "", "```yaml", "\(type.name):"]
        lines += type.examples.map { "  \($0)" }
        return (lines + ["```", ""]).joined(separator: "\n")
    }

    /// The same for a terminal.
    public var text: String {
        let width = (type.fields.map(\.name.count).max() ?? 0) + 2
        var lines = ["\(type.name): \(type.doc)", ""]
        for field in type.fields {
            let name = field.name + String(repeating: " ", count: width - field.name.count)
            lines.append("  \(name)\(field.role.rawValue)\(field.isRequired ? ", mandatory" : ""): \(field.doc)")
            if let example = field.examples.first {
                lines.append("  \(String(repeating: " ", count: width))e.g. \(example)")
            }
        }
        return (lines + ["", capabilities, "", "examples:"] + type.examples.map { "  \($0)" }).joined(separator: "\n")
    }

    private var capabilities: String {
        var facts: [String] = []
        facts.append(type.isRemovable ? "It can be removed (`state: absent`)." : "It cannot be removed.")
        facts.append(type.isRefreshable ? "It can be notified." : "It cannot be notified.")
        if type.bearsData { facts.append("It bears data: un-declaring releases it unless `on_undeclare: remove`.") }
        return facts.joined(separator: " ")
    }

    private func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
