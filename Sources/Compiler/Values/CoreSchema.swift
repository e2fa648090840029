import Expressions
import Model
import YAML

extension CoreSchema {
    /// A whole tree as a value; each number that is not canonical is reported and taken as text.
    static func value(of node: Node, into diagnostics: inout Diagnostics) -> Value {
        switch node.content {
        case .scalar(let text, let isQuoted):
            if let datum = datum(of: text, isQuoted: isQuoted) { return Value(datum) }
            diagnostics.add(
                Diagnostic(
                    "expected a number in its canonical form or a text, found `\(text)`", at: node.place,
                    hint: "quote it: \"\(text)\""))
            return .string(text)
        case .list(let items): return .list(items.map { value(of: $0, into: &diagnostics) })
        case .map(let entries):
            return .map(ValueMap(entries.map { ($0.key, value(of: $0.value, into: &diagnostics)) }))
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .double(let value): return .double(value)
        case .string(let text): return .string(text)
        case .bytes(let bytes): return .bytes(bytes)
        case .stream: return .unknown
        case .unknown: return .unknown
        }
    }
}
