/// Writes JSON text (RFC 8259).
public struct JSONWriter {
    public private(set) var text = ""

    public init() {}

    public mutating func raw(_ part: String) { text += part }

    public mutating func string(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{00}"..<"\u{20}", "\u{7F}": text += scalar.jsonEscape
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension Datum {
    /// The value as JSON, indented by two spaces.
    public var json: String { json(isIndented: true) }
    /// The value as JSON in one line, without blanks.
    public var compactJSON: String { json(isIndented: false) }

    private func json(isIndented: Bool) -> String {
        var writer = JSONWriter()
        write(to: &writer, margin: isIndented ? "\n" : "")
        return writer.text
    }

    /// - Parameter margin: a newline and the indentation of the value itself; empty for all in one line.
    private func write(to writer: inout JSONWriter, margin: String) {
        switch self {
        case .null: writer.raw("null")
        case .bool(let value): writer.raw(value ? "true" : "false")
        case .int(let value): writer.raw(String(value))
        case .double(let value): writer.raw(value.isFinite ? "\(value)" : "null")
        case .string(let value): writer.string(value)
        case .list(let items): Self.write(items, "[", "]", to: &writer, margin) { $0.write(to: &$1, margin: $2) }
        case .map(let members):
            Self.write(members, "{", "}", to: &writer, margin) { member, writer, margin in
                writer.string(member.key)
                writer.raw(margin.isEmpty ? ":" : ": ")
                member.value.write(to: &writer, margin: margin)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element], _ open: String, _ close: String, to writer: inout JSONWriter, _ margin: String,
        _ write: (Element, inout JSONWriter, String) -> Void
    ) {
        let inner = margin.isEmpty ? "" : margin + "  "
        writer.raw(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.raw(inner)
            write(element, &writer, inner)
        }
        if !elements.isEmpty { writer.raw(margin) }
        writer.raw(close)
    }
}

extension String {
    /// JSON text whose strings steer no terminal: what could is escaped, which JSON takes for the same.
    public var harmlessJSON: String {
        if !unicodeScalars.contains(where: \.isHiddenControl) { return self }
        var escaped = ""
        for scalar in unicodeScalars {
            if scalar.isHiddenControl {
                escaped += scalar.jsonEscape
            } else {
                escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}

extension Unicode.Scalar {
    /// `\u` and four digits, for a scalar below U+10000.
    fileprivate var jsonEscape: String { "\\u" + String(UInt32(0x10000) | value, radix: 16).dropFirst() }
}
