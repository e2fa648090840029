import Expressions
import Model

/// YAML 1.2's core schema for free values: `vars`, data layers, `with`.
enum CoreSchema {
    /// The value of a plain or quoted scalar; nil for a number that is not in its canonical form.
    static func value(of text: String, isQuoted: Bool) -> Value? {
        if isQuoted { return .string(text) }
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
            return number(text)
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"):
            return Node.nullTexts.contains(text) ? .null : .string(text)
        case UInt8(ascii: "t"), UInt8(ascii: "T"):
            return text == "true" || text == "True" || text == "TRUE" ? .bool(true) : .string(text)
        case UInt8(ascii: "f"), UInt8(ascii: "F"):
            return text == "false" || text == "False" || text == "FALSE" ? .bool(false) : .string(text)
        default: return .string(text)
        }
    }

    private static func number(_ text: String) -> Value? {
        guard looksLikeNumber(text) else { return .string(text) }
        if let whole = Int64(text), String(whole) == text { return .int(whole) }
        if let double = Double(text), double.isFinite, Node(.double(double), at: .nowhere).text == text {
            return .double(double)
        }
        return nil
    }

    /// Whether the core schema (YAML 1.2.2 §10.3.2) resolves a plain text to a number.
    static func looksLikeNumber(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if rest.starts(with: "0x".utf8) {
            rest = rest.dropFirst(2)
            return !rest.isEmpty && rest.allSatisfy { isDigit($0) || ($0 | 32) >= 97 && ($0 | 32) <= 102 }
        }
        if rest.starts(with: "0o".utf8) {
            rest = rest.dropFirst(2)
            return !rest.isEmpty && rest.allSatisfy { $0 >= 48 && $0 <= 55 }
        }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(rest)) { return true }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix(while: isDigit).count
            rest = rest.dropFirst(fraction)
        }
        if whole.isEmpty && fraction == 0 { return false }
        guard let exponent = rest.first else { return true }
        guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    /// A whole tree as a value; each number that is not canonical is reported and taken as text.
    static func value(of node: Node, into diagnostics: inout Diagnostics) -> Value {
        switch node.content {
        case .scalar(let text, let isQuoted):
            if let value = value(of: text, isQuoted: isQuoted) { return value }
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
        case .unknown: return .unknown
        }
    }
}
