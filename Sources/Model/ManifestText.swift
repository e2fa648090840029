public import Values

/// Writes values as they stand in a manifest: in YAML's flow style, with what looks like an expression kept literal.
public enum ManifestText {
    /// A value on one line.
    public static func flow(_ content: Node.Content) -> String {
        switch content {
        case .list(let items): "[" + items.map { flow($0.content) }.joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { "\(word($0.key)): \(flow($0.value.content))" }.joined(separator: ", ") + "}"
        case .scalar, .null, .bool, .int, .double, .string, .bytes, .stream, .unknown: scalar(content.datum)
        }
    }

    private static func scalar(_ datum: Datum) -> String {
        guard case .string(let text) = datum else { return datum.json }
        return word(text.replacing("${{", with: "$${{"))
    }

    /// A key or a short text: bare where YAML can only read it as that text.
    public static func word(_ text: String) -> String {
        let isPlain =
            (text.utf8.first?.isASCIILetter == true || text.utf8.first == UInt8(ascii: "/"))
            && text.isASCIIWord(or: "_-./@+")
        let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return isPlain && !words.contains(text.lowercased()) ? text : Datum.string(text).json.harmlessJSON
    }

    /// The lines of a literal block below `property: |`; nil where the text has to be quoted.
    ///
    /// - Parameter margin: what stands before each line.
    public static func block(_ text: String, margin: String) -> [String]? {
        guard text.hasSuffix("\n"), !text.hasSuffix("\n\n"), !text.contains("${{"), text.first != "\n" else {
            return nil
        }
        var lines: [String] = []
        for line in text.utf8.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = String(decoding: line, as: UTF8.self)
            guard isPrintable(line) else { return nil }
            if lines.isEmpty, line.first == " " || line.first == "\t" || line.isEmpty { return nil }
            lines.append(line.isEmpty ? "" : margin + line)
        }
        return lines
    }

    private static func isPrintable(_ line: String) -> Bool {
        line == line.printable && !line.unicodeScalars.contains { ["\u{2028}", "\u{2029}", "\u{FEFF}"].contains($0) }
    }
}
