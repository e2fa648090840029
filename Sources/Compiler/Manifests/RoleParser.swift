import Model

extension ManifestParser {
    /// A role: what it is for, its parameters, then the keys of a manifest.
    mutating func role(_ root: Node, named name: String) -> Role {
        var parameters: [Role.Parameter] = []
        if let node = root["parameters"] {
            for entry in NodeReader.entries(of: node, what: "parameters", into: &diagnostics) {
                parameters.append(parameter(entry))
            }
        }
        return Role(
            name: name, doc: root["doc"]?.decoded(String.self, as: "doc", into: &diagnostics), parameters: parameters,
            manifest: manifest(root, ignoring: ["doc", "parameters"]))
    }

    private mutating func parameter(_ entry: Node.Entry) -> Role.Parameter {
        let keyed = NodeReader(
            entry.value, allowed: ["type", "default", "doc", "example", "one_of"], what: "a parameter",
            into: &diagnostics)
        var type = ParameterType.string
        if let node = keyed["type"] {
            type = node.decoded(ParameterType.self, as: "type", into: &diagnostics) ?? .string
        } else {
            diagnostics.add(
                Diagnostic(
                    "expected `type:` of the parameter `\(entry.key)`, found none", at: entry.keyPlace,
                    hint: "one of int, string, bool, list, map"))
        }
        var allowed: [Datum] = []
        if let node = keyed["one_of"] {
            if case .list(let items) = node.content {
                allowed = items.compactMap { try? type.value(of: $0, into: &diagnostics)?.datum() }
            } else {
                diagnostics.add(Diagnostic("`one_of`: expected a list, found \(node.found)", at: node.place))
            }
        }
        let defaultValue = keyed["default"]
        if let defaultValue, let problem = type.problem(of: defaultValue, into: &diagnostics) {
            diagnostics.add(Diagnostic("`default`: \(problem)", at: defaultValue.place))
        } else if let defaultValue, !allowed.isEmpty, defaultValue.text?.contains("${{") != true,
            let value = try? type.value(of: defaultValue, into: &diagnostics)?.datum(), !allowed.contains(value)
        {
            diagnostics.add(
                Diagnostic("`default`: expected one of `one_of`, found \(defaultValue.found)", at: defaultValue.place))
        }
        let example = keyed["example"]
        if let example, let problem = type.problem(of: example, into: &diagnostics) {
            diagnostics.add(Diagnostic("`example`: \(problem)", at: example.place))
        }
        return Role.Parameter(
            name: entry.key, place: entry.keyPlace, type: type, isMandatory: defaultValue == nil,
            defaultValue: defaultValue,
            example: example, doc: keyed["doc"]?.decoded(String.self, as: "doc", into: &diagnostics), allowed: allowed)
    }
}
