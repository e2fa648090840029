extension Datum {
    /// The value as an outline for a person: names and values in columns, what belongs together indented.
    public var outline: String {
        var lines: [String] = []
        Self.outline(self, indentation: 0, into: &lines)
        return lines.joined(separator: "\n")
    }

    private static func outline(_ value: Datum, indentation: Int, into lines: inout [String]) {
        let blanks = String(repeating: " ", count: indentation)
        switch value {
        case .map(let members):
            let width = members.filter { $0.value.line != nil }.map(\.key.count).max() ?? 0
            for member in members {
                if let line = member.value.line {
                    let padding = String(repeating: " ", count: width - member.key.count)
                    lines.append("\(blanks)\(member.key)\(padding)  \(line)")
                } else {
                    lines.append("\(blanks)\(member.key)")
                    outline(member.value, indentation: indentation + 2, into: &lines)
                }
            }
        case .list(let items):
            for item in items {
                guard case .map(let members) = item, let first = members.first, let title = first.value.line else {
                    outline(item, indentation: indentation, into: &lines)
                    continue
                }
                lines.append("\(blanks)\(title)")
                let rest = members.dropFirst().filter { $0.value.line != "-" }
                outline(.map(Array(rest)), indentation: indentation + 2, into: &lines)
            }
        case .null, .bool, .int, .double, .string: lines.append("\(blanks)\(value.line ?? "")")
        }
    }

    /// The value on one line; nil for what needs several.
    private var line: String? {
        switch self {
        case .null: return "-"
        case .bool(let value): return value ? "yes" : "no"
        case .int(let value): return String(value)
        case .double(let value): return String(value)
        case .string(let text):
            let shown = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
            return shown.isEmpty ? "-" : shown
        case .list(let items):
            if items.isEmpty { return "-" }
            let texts = items.compactMap { item -> String? in if case .map = item { nil } else { item.line } }
            return texts.count == items.count ? texts.joined(separator: " ") : nil
        case .map(let members): return members.isEmpty ? "-" : nil
        }
    }
}
