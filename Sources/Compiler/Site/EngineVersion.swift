import Model

/// The version of this binary, which `engine: ">= 1.2"` in site.yaml asks for.
public struct EngineVersion: Sendable {
    public let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// Reports a constraint that this binary does not meet, or that cannot be read. Several are separated by commas.
    func check(_ node: Node, into diagnostics: inout Diagnostics) {
        guard let constraints = node.text, !constraints.isEmpty else {
            diagnostics.add(
                Diagnostic("`engine`: expected a text such as `>= 1.2`, found \(node.found)", at: node.place))
            return
        }
        for part in constraints.split(separator: ",") {
            guard let isMet = Self.isMet(String(part), by: text) else {
                diagnostics.add(
                    Diagnostic(
                        "`engine`: expected `>=`, `>`, `=`, `<` or `<=` and a version, found `\(part)`", at: node.place,
                        hint: "for example \">= 1.2\""))
                return
            }
            if !isMet {
                diagnostics.add(
                    Diagnostic(
                        "expected lodestar \(constraints), found \(text)", at: node.place, hint: "upgrade lodestar"))
                return
            }
        }
    }

    private static func isMet(_ constraint: String, by version: String) -> Bool? {
        let trimmed = constraint.split(separator: " ").joined()
        let sign = trimmed.prefix { "<>=".contains($0) }
        guard let wanted = numbers(trimmed.dropFirst(sign.count)), let present = numbers(version[...]) else {
            return nil
        }
        switch sign {
        case ">=": return !present.lexicographicallyPrecedes(wanted)
        case ">": return wanted.lexicographicallyPrecedes(present)
        case "=", "==": return present == wanted
        case "<": return present.lexicographicallyPrecedes(wanted)
        case "<=": return !wanted.lexicographicallyPrecedes(present)
        default: return nil
        }
    }

    private static func numbers(_ text: Substring) -> [Int]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...3).contains(parts.count) else { return nil }
        var numbers: [Int] = []
        for part in parts {
            guard let part, part >= 0 else { return nil }
            numbers.append(part)
        }
        return numbers + Array(repeating: 0, count: 3 - numbers.count)
    }
}
