public import Values

/// YAML 1.2's core schema for free values: `vars`, data layers, `with`, files of facts.
public enum CoreSchema {
    /// The value of a plain or quoted scalar; nil for a number that is not in its canonical form.
    public static func datum(of text: String, isQuoted: Bool) -> Datum? {
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

    private static func number(_ text: String) -> Datum? {
        guard looksLikeNumber(text) else { return .string(text) }
        if let whole = Int64(text), String(whole) == text { return .int(whole) }
        if let double = Double(text), double.isFinite, Node.canonicalText(of: double) == text { return .double(double) }
        return nil
    }

    /// Whether the core schema (YAML 1.2.2 §10.3.2) resolves a plain text to a number.
    private static func looksLikeNumber(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        if rest.starts(with: "0x".utf8) {
            rest = rest.dropFirst(2)
            return !rest.isEmpty && rest.allSatisfy { $0.isASCIIDigit || ($0 | 32) >= 97 && ($0 | 32) <= 102 }
        }
        if rest.starts(with: "0o".utf8) {
            rest = rest.dropFirst(2)
            return !rest.isEmpty && rest.allSatisfy { $0 >= 48 && $0 <= 55 }
        }
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"].contains(String(rest)) { return true }
        let whole = rest.prefix { $0.isASCIIDigit }
        rest = rest.dropFirst(whole.count)
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = rest.prefix { $0.isASCIIDigit }.count
            rest = rest.dropFirst(fraction)
        }
        if whole.isEmpty && fraction == 0 { return false }
        guard let exponent = rest.first else { return true }
        guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy { $0.isASCIIDigit }
    }

    /// A whole tree as a value; a number that is not canonical stays text, and bytes become null.
    public static func datum(of content: Node.Content) -> Datum {
        switch content {
        case .scalar(let text, let isQuoted): datum(of: text, isQuoted: isQuoted) ?? .string(text)
        case .list(let items): .list(items.map { datum(of: $0.content) })
        case .map(let entries): .map(entries.map { Datum.Member($0.key, datum(of: $0.value.content)) })
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .string(let text): .string(text)
        case .null, .bytes, .stream, .unknown: .null
        }
    }
}
