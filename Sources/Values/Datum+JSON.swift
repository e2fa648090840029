extension Datum {
    /// The value as JSON (RFC 8259), indented by two spaces.
    public var json: String {
        var text = ""
        write(to: &text, indentation: 0)
        return text
    }

    private func write(to text: inout String, indentation: Int) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): Self.write(value, to: &text)
        case .list(let items):
            Self.write("[", "]", count: items.count, to: &text, indentation) { text, index in
                items[index].write(to: &text, indentation: indentation + 1)
            }
        case .map(let members):
            Self.write("{", "}", count: members.count, to: &text, indentation) { text, index in
                Self.write(members[index].key, to: &text)
                text += ": "
                members[index].value.write(to: &text, indentation: indentation + 1)
            }
        }
    }

    private static func write(
        _ open: String, _ close: String, count: Int, to text: inout String, _ indentation: Int,
        _ element: (inout String, Int) -> Void
    ) {
        text += open
        for index in 0..<count {
            text += (index == 0 ? "\n" : ",\n") + String(repeating: "  ", count: indentation + 1)
            element(&text, index)
        }
        if count > 0 { text += "\n" + String(repeating: "  ", count: indentation) }
        text += close
    }

    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
