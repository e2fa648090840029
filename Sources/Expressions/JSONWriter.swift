/// Writes JSON text without blanks.
struct JSONWriter {
    private(set) var text = ""

    mutating func raw(_ part: String) { text += part }

    mutating func string(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{00}"..<"\u{20}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension Value {
    /// The value as JSON; bytes are base64, times their text, keys of mappings text; throws for an unknown value.
    public func json() throws -> String {
        var evaluation = Evaluation(scope: Bindings(), limits: Limits(steps: .max, size: .max), variableCount: 0)
        var writer = JSONWriter()
        try evaluation.write(self, to: &writer)
        return writer.text
    }

    /// The value as JSON that keeps the types apart: `{"int":"1"}`, `{"list":[...]}`, `{"map":[[key,value],...]}`.
    public func typedJSON() throws -> String {
        var writer = JSONWriter()
        try writeTyped(to: &writer)
        return writer.text
    }

    private func writeTyped(to writer: inout JSONWriter) throws {
        func write(_ name: String, _ text: String, to writer: inout JSONWriter) {
            writer.raw("{\"\(name)\":")
            writer.string(text)
            writer.raw("}")
        }
        switch self {
        case .null: writer.raw("{\"null\":null}")
        case .bool(let value): writer.raw("{\"bool\":\(value)}")
        case .int(let value): write("int", String(value), to: &writer)
        case .uint(let value): write("uint", String(value), to: &writer)
        case .double(let value): write("double", NumberText.special(value) ?? value.description, to: &writer)
        case .string(let value): write("string", value, to: &writer)
        case .bytes(let value): write("bytes", Base64.encode(value), to: &writer)
        case .type(let name): write("type", name, to: &writer)
        case .timestamp(let moment): writer.raw("{\"timestamp\":[\(moment.seconds),\(moment.nanoseconds)]}")
        case .duration(let length):
            let (seconds, attoseconds) = length.components
            writer.raw("{\"duration\":[\(seconds),\(attoseconds / 1_000_000_000)]}")
        case .list(let items):
            writer.raw("{\"list\":[")
            for (index, item) in items.enumerated() {
                if index > 0 { writer.raw(",") }
                try item.writeTyped(to: &writer)
            }
            writer.raw("]}")
        case .map(let map):
            writer.raw("{\"map\":[")
            for (index, entry) in map.entries.enumerated() {
                writer.raw(index > 0 ? ",[" : "[")
                try entry.key.writeTyped(to: &writer)
                writer.raw(",")
                try entry.value.writeTyped(to: &writer)
                writer.raw("]")
            }
            writer.raw("]}")
        case .lazy(let map): try map.materialised().writeTyped(to: &writer)
        case .unknown: throw Fault("a value that is not known has no text")
        }
    }
}

extension Evaluation {
    mutating func write(_ value: Value, to writer: inout JSONWriter) throws {
        try spend()
        switch value {
        case .null: writer.raw("null")
        case .bool(let value): writer.raw(value ? "true" : "false")
        case .int(let value): writer.raw(String(value))
        case .uint(let value): writer.raw(String(value))
        case .double(let value):
            guard let special = NumberText.special(value) else { return writer.raw(value.description) }
            writer.string(special)
        case .string(let text), .type(let text):
            try occupy(text.utf8.count)
            writer.string(text)
        case .bytes(let bytes):
            try occupy(bytes.count * 2)
            writer.string(Base64.encode(bytes))
        case .timestamp(let moment): writer.string(moment.text)
        case .duration(let length): writer.string(length.expressionText)
        case .list(let items):
            writer.raw("[")
            for (index, item) in items.enumerated() {
                if index > 0 { writer.raw(",") }
                try write(item, to: &writer)
            }
            writer.raw("]")
        case .map(let map):
            writer.raw("{")
            for (index, entry) in map.entries.enumerated() {
                if index > 0 { writer.raw(",") }
                try occupy(16)
                writer.string(entry.key.shortText)
                writer.raw(":")
                try write(entry.value, to: &writer)
            }
            writer.raw("}")
        case .lazy(let map): try write(map.materialised(), to: &writer)
        case .unknown: throw Fault("a value that is not known has no text")
        }
    }
}
