import Values

/// Writes a value as YAML in block style, which reads back as the same value under the YAML 1.2 core schema.
enum YAMLText {
    static func text(of value: Value) throws -> String {
        var text = ""
        try write(value, indentation: 0, isNested: false, to: &text)
        return text
    }

    private static func write(_ value: Value, indentation: Int, isNested: Bool, to text: inout String) throws {
        let margin = String(repeating: " ", count: indentation)
        switch value {
        case .list(let items) where !items.isEmpty:
            if isNested { text += "\n" }
            for item in items {
                text += margin + "-"
                try write(item, indentation: indentation + 2, isNested: true, to: &text)
            }
        case .map(let map) where !map.isEmpty:
            if isNested { text += "\n" }
            for entry in map.entries {
                text += margin + scalar(entry.key) + ":"
                try write(entry.value, indentation: indentation + 2, isNested: true, to: &text)
            }
        case .lazy(let map): try write(map.materialised(), indentation: indentation, isNested: isNested, to: &text)
        case .unknown: throw Fault("a value that is not known has no text")
        default: text += (isNested ? " " : "") + scalar(value) + "\n"
        }
    }

    private static func scalar(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .double(let value):
            value.isNaN ? ".nan" : (value.isInfinite ? (value < 0 ? "-.inf" : ".inf") : value.description)
        case .string(let text), .type(let text): string(text)
        case .bytes(let bytes): string(Base64.text(of: bytes))
        case .timestamp(let moment): string(moment.text)
        case .duration(let length): length.expressionText
        case .list: "[]"
        case .map, .lazy, .unknown: "{}"
        }
    }

    /// Plain where no reader could take the text for something else, else in double quotes as JSON has them.
    private static func string(_ text: String) -> String {
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        if text.isASCIIWord(or: "-_./@+ "), let first = text.utf8.first,
            first.isASCIILetter || first == UInt8(ascii: "/"),
            text.utf8.last != 0x20, !words.contains(text.lowercased())
        {
            return text
        }
        return Datum.string(text).json
    }
}
