import Model

/// Text in the form of deb822(5): stanzas of fields, parted by empty lines.
enum Stanzas {
    /// A field with its name in lower case and its lines without the blanks at their ends.
    typealias Field = (name: String, text: String)

    static func fields(of bytes: [UInt8]) -> [[Field]] {
        var stanzas: [[Field]] = [], fields: [Field] = []
        func close() {
            if !fields.isEmpty { stanzas.append(fields) }
            fields = []
        }
        for line in FileLine.lines(of: bytes).lines.map(\.bodyText) {
            if line.hasPrefix("#") { continue }
            if line.allSatisfy(\.isWhitespace) {
                close()
            } else if line.first?.isWhitespace == true {
                if let last = fields.indices.last {
                    fields[last].text += (fields[last].text.isEmpty ? "" : "\n") + line.trimmed
                }
            } else if let colon = line.firstIndex(of: ":") {
                fields.append((line[..<colon].trimmed.lowercased(), line[line.index(after: colon)...].trimmed))
            }
        }
        close()
        return stanzas
    }
}
