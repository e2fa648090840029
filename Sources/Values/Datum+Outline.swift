extension Datum {
    /// The value as an outline for a person: names and values in columns, what belongs together indented, lists of alike
    /// things as tables. Sizes in bytes are shown in units too; null is a dash.
    public var outline: String {
        var lines: [String] = []
        Self.outline(self, indentation: 0, into: &lines)
        return lines.joined(separator: "\n")
    }

    private static let greatestWidth = 132

    private static func outline(_ value: Datum, indentation: Int, into lines: inout [String]) {
        let blanks = String(repeating: " ", count: indentation)
        switch value {
        case .map(let members):
            let width = members.filter { $0.value.line($0.key) != nil }.map(\.key.count).max() ?? 0
            for member in members {
                guard let line = member.value.line(member.key) else {
                    lines.append("\(blanks)\(member.key)")
                    outline(member.value, indentation: indentation + 2, into: &lines)
                    continue
                }
                let padding = String(repeating: " ", count: width - member.key.count)
                let rows = wrapped(line, width: greatestWidth - indentation - width - 2)
                lines.append("\(blanks)\(member.key)\(padding)  \(rows[0])")
                lines += rows.dropFirst().map { "\(blanks)\(String(repeating: " ", count: width + 2))\($0)" }
            }
        case .list(let items):
            if let rows = table(items, width: greatestWidth - indentation) {
                lines += rows.map { blanks + $0 }
                return
            }
            for item in items {
                guard case .map(let members) = item, let first = members.first, let title = first.value.line(first.key)
                else {
                    outline(item, indentation: indentation, into: &lines)
                    continue
                }
                lines.append("\(blanks)\(title)")
                let rest = members.dropFirst().filter { $0.value.line($0.key) != "-" }
                outline(.map(Array(rest)), indentation: indentation + 2, into: &lines)
            }
        case .null, .bool, .int, .double, .string: lines.append("\(blanks)\(value.line("") ?? "")")
        }
    }

    /// A list of mappings as a table, without empty columns; nil if the list holds something else or is too wide.
    private static func table(_ items: [Datum], width: Int) -> [String]? {
        guard items.count > 1, case .map(let first)? = items.first else { return nil }
        var columns: [[String]] = []
        for key in first.map(\.key) {
            let cells = items.compactMap { item in item[key]?.line(key) }
            guard cells.count == items.count else { return nil }
            if cells.contains(where: { $0 != "-" }) { columns.append([key] + cells) }
        }
        let widths = columns.map { $0.map(\.count).max() ?? 0 }
        guard widths.reduce(0, { $0 + $1 + 2 }) <= width + 2 else { return nil }
        return (0...items.count).map { row in
            var text = ""
            for (column, width) in zip(columns, widths) {
                text += column[row] + String(repeating: " ", count: width - column[row].count + 2)
            }
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    /// A line in pieces at its blanks.
    private static func wrapped(_ line: String, width: Int) -> [String] {
        guard line.count > width else { return [line] }
        var rows: [String] = [""]
        for word in line.split(separator: " ") {
            if rows[rows.count - 1].isEmpty {
                rows[rows.count - 1] = String(word)
            } else if rows[rows.count - 1].count + 1 + word.count <= width {
                rows[rows.count - 1] += " \(word)"
            } else {
                rows.append(String(word))
            }
        }
        return rows
    }

    /// The value on one line; nil for what needs several.
    private func line(_ key: String) -> String? {
        switch self {
        case .null: return "-"
        case .bool(let value): return value ? "yes" : "no"
        case .int(let value): return key.hasSuffix("_bytes") ? Self.size(value) : String(value)
        case .double(let value): return String(value)
        case .string(let text):
            return text.isEmpty ? "-" : text.printable
        case .list(let items):
            if items.isEmpty { return "-" }
            let texts = items.compactMap { item -> String? in if case .map = item { nil } else { item.line("") } }
            return texts.count == items.count ? texts.joined(separator: " ") : nil
        case .map(let members): return members.isEmpty ? "-" : nil
        }
    }

    /// In binary units with one digit after the point.
    private static func size(_ count: Int64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
        guard count >= 1024 else { return "\(count) B" }
        var tenths = count, unit = -1
        while tenths >= 1024, unit < units.count - 1 {
            // Tenths from the first division on.
            tenths = unit < 0 ? tenths / 1024 * 10 + tenths % 1024 * 10 / 1024 : tenths / 1024
            unit += 1
            if tenths < 10240 { break }
        }
        return tenths % 10 == 0 ? "\(tenths / 10) \(units[unit])" : "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
