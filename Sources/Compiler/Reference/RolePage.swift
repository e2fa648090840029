import Model

/// The reference page of a role, made from its parameters.
public struct RolePage {
    let role: Role

    /// - Returns: nil where the site has no such role, or a broken one.
    public init?(_ name: String, in site: Site) {
        guard let role = site.role(name, at: .nowhere) else { return nil }
        self.role = role
    }

    public var markdown: String {
        var lines = ["# \(role.name)", ""] + (role.doc.map { [$0, ""] } ?? [])
        if !role.parameters.isEmpty { lines += ["| parameter | type | default | what it is |", "|---|---|---|---|"] }
        for parameter in role.parameters {
            let presets = Self.line(parameter.defaultValue).map { "`\(Self.escaped($0))`" } ?? "mandatory"
            let doc = Self.escaped(Self.doc(of: parameter))
            lines.append("| \(parameter.name) | \(parameter.type.rawValue) | \(presets) | \(doc) |")
        }
        return (lines + ["", "```yaml"] + example + ["```", ""]).joined(separator: "\n")
    }

    /// The same for a terminal.
    public var text: String {
        let width = (role.parameters.map(\.name.count).max() ?? 0) + 2
        var lines = [role.doc.map { "\(role.name): \($0)" } ?? role.name, ""]
        for parameter in role.parameters {
            let name = parameter.name + String(repeating: " ", count: width - parameter.name.count)
            let presets = Self.line(parameter.defaultValue).map { ", \($0) by default" } ?? ", mandatory"
            lines.append("  \(name)\(parameter.type.rawValue)\(presets): \(Self.doc(of: parameter))")
        }
        return (lines + ["", "example:"] + example.map { "  \($0)" }).joined(separator: "\n")
    }

    /// A manifest that uses the role with the examples of its parameters.
    public var example: [String] {
        let given = role.parameters.compactMap { parameter in
            Self.line(parameter.example).map { "      \(parameter.name): \($0)" }
        }
        return ["role:", given.isEmpty ? "  \(role.name): {}" : "  \(role.name):"]
            + (given.isEmpty ? [] : ["    with:"])
            + given
    }

    private static func doc(of parameter: Role.Parameter) -> String {
        let words = parameter.allowed.map { $0.json.split(separator: "\"").joined() }
        let choice = words.isEmpty ? [] : ["one of \(words.joined(separator: ", "))"]
        return ((parameter.doc.map { [$0] } ?? []) + choice).joined(separator: "; ")
    }

    /// A node in YAML's flow style, on one line, its scalars as they were written.
    private static func line(_ node: Node?) -> String? {
        guard let node else { return nil }
        switch node.content {
        case .list(let items): return "[" + items.compactMap { line($0) }.joined(separator: ", ") + "]"
        case .map(let entries):
            let members = entries.map { "\(ManifestText.word($0.key)): \(line($0.value) ?? "null")" }
            return "{" + members.joined(separator: ", ") + "}"
        case .scalar(let text, let isQuoted): return isQuoted ? Datum.string(text).json : text
        case .null, .bool, .int, .double, .string, .bytes, .stream, .unknown:
            return ManifestText.flow(node.content)
        }
    }

    private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
