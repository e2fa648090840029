extension Datum {
    /// The value as YAML 1.2: block style, every text in double quotes, so that no text is read as another type.
    public var yaml: String {
        var text = ""
        writeYAML(to: &text, indentation: 0)
        return text.hasSuffix("\n") ? String(text.dropLast()) : text
    }

    private func writeYAML(to text: inout String, indentation: Int) {
        let blanks = String(repeating: "  ", count: indentation)
        switch self {
        case .map(let members) where !members.isEmpty:
            for member in members {
                text += "\(blanks)\(Self.yamlKey(member.key)):"
                member.value.writeYAMLValue(to: &text, indentation: indentation + 1)
            }
        case .list(let items) where !items.isEmpty:
            for item in items {
                text += "\(blanks)-"
                item.writeYAMLValue(to: &text, indentation: indentation + 1)
            }
        case .null, .bool, .int, .double, .string, .list, .map: text += "\(blanks)\(scalarYAML)\n"
        }
    }

    private func writeYAMLValue(to text: inout String, indentation: Int) {
        switch self {
        case .map(let members) where !members.isEmpty:
            text += "\n"
            writeYAML(to: &text, indentation: indentation)
        case .list(let items) where !items.isEmpty:
            text += "\n"
            writeYAML(to: &text, indentation: indentation)
        case .null, .bool, .int, .double, .string, .list, .map: text += " \(scalarYAML)\n"
        }
    }

    /// JSON's scalars and empty collections are YAML's (YAML 1.2.2 §1.3).
    private var scalarYAML: String { json }

    private static func yamlKey(_ key: String) -> String {
        let isPlain = key.utf8.allSatisfy { $0.isASCIILetter || $0 == UInt8(ascii: "_") }
        return isPlain && !key.isEmpty && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(key)
            ? key : Datum.string(key).json
    }
}
