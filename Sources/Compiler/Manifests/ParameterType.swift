import Expressions
import Model
import YAML

extension ParameterType {
    /// The values that the type takes, in the words of an error message.
    var expected: String {
        switch self {
        case .int: "a whole number"
        case .string: "a text"
        case .bool: "true or false"
        case .list: "a list"
        case .map: "a mapping"
        }
    }

    /// Whether a value is of this type.
    func accepts(_ value: Value) -> Bool {
        switch (self, value) {
        case (.int, .int), (.int, .uint), (.string, .string), (.bool, .bool), (.list, .list), (.map, .map),
            (.map, .lazy),
            (_, .unknown):
            true
        default: false
        }
    }

    /// A node of a role's file as a value of this type; nil, and a diagnostic, if the node holds another type.
    func value(of node: Node, into diagnostics: inout Diagnostics) -> Value? {
        if let problem = problem(of: node, into: &diagnostics) {
            diagnostics.add(Diagnostic(problem, at: node.place))
            return nil
        }
        if self == .string, let text = node.text { return .string(text) }
        return CoreSchema.value(of: node, into: &diagnostics)
    }

    /// Why a node cannot be of this type; nil when it can.
    func problem(of node: Node, into diagnostics: inout Diagnostics) -> String? {
        if self == .string, node.text != nil { return nil }
        var ignored = Diagnostics()
        let value = CoreSchema.value(of: node, into: &ignored)
        return accepts(value) ? nil : "expected \(expected), found \(node.found)"
    }
}
