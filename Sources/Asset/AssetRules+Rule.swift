import Values

extension AssetRules {
    /// What a mapping may say in place of a value.
    static let ruleKeys = ["min", "set", "is", "tolerance", "ignore"]

    /// Reads the rule of a property; nil where it is wrong, which is reported.
    static func rule(_ node: Node, _ field: AssetField, into diagnostics: inout Diagnostics) -> AssetRule? {
        guard case .map(let entries) = node.content else {
            return value(node, field, into: &diagnostics).map { AssetRule(test: .exact($0)) }
        }
        let reader = NodeReader(node, allowed: ruleKeys, what: "a rule", into: &diagnostics)
        let kinds = entries.map(\.key).filter { ruleKeys.contains($0) && $0 != "tolerance" }
        guard kinds.count == 1, let kind = kinds.first, let operand = reader[kind] else {
            diagnostics.add(
                Diagnostic(
                    "`\(field.name)`: expected a value, or one of {min: ...}, {set: [...]}, {is: ..., tolerance: ...}, {ignore: true}, found \(kinds.isEmpty ? "none" : kinds.joined(separator: " and "))",
                    at: node.place))
            return nil
        }
        if kind != "set", kind != "ignore", !field.kind.isOrdered, kind == "min" || reader["tolerance"] != nil {
            diagnostics.add(
                Diagnostic(
                    "`\(field.name)`: expected a value or a set, found \(kind): its values have no order",
                    at: node.place))
            return nil
        }
        if kind != "is", let tolerance = reader["tolerance"] {
            diagnostics.add(Diagnostic("`tolerance` needs `is`", at: tolerance.place))
            return nil
        }
        switch kind {
        case "min": return value(operand, field, into: &diagnostics).map { AssetRule(test: .least($0)) }
        case "set": return set(operand, field, into: &diagnostics)
        case "is": return near(operand, reader["tolerance"], field, into: &diagnostics)
        default:
            if operand.text == "true" { return AssetRule(test: .ignored) }
            diagnostics.add(Diagnostic("`ignore`: expected true, found \(operand.found)", at: operand.place))
            return nil
        }
    }

    private static func value(
        _ node: Node, _ field: AssetField, into diagnostics: inout Diagnostics
    ) -> AssetValue? {
        if let text = node.text, let value = field.kind.value(of: text) { return value }
        diagnostics.add(
            Diagnostic("`\(field.name)`: expected \(field.kind.expected), found \(node.found)", at: node.place))
        return nil
    }

    private static func set(
        _ node: Node, _ field: AssetField, into diagnostics: inout Diagnostics
    ) -> AssetRule? {
        guard case .list(let nodes) = node.content, !nodes.isEmpty else {
            diagnostics.add(Diagnostic("`set`: expected a list of values, found \(node.found)", at: node.place))
            return nil
        }
        let values = nodes.compactMap { value($0, field, into: &diagnostics) }
        return values.count == nodes.count ? AssetRule(test: .oneOf(values)) : nil
    }

    private static func near(
        _ node: Node, _ tolerance: Node?, _ field: AssetField, into diagnostics: inout Diagnostics
    ) -> AssetRule? {
        guard let value = value(node, field, into: &diagnostics) else { return nil }
        guard let tolerance else { return AssetRule(test: .exact(value)) }
        let text = tolerance.text ?? ""
        guard text.hasSuffix("%"), let percent = Double(text.dropLast()), percent >= 0, percent < 100 else {
            diagnostics.add(
                Diagnostic("`tolerance`: expected a share such as 5%, found \(tolerance.found)", at: tolerance.place))
            return nil
        }
        return AssetRule(test: .near(value, percent: percent))
    }
}
