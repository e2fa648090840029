extension StringProtocol {
    /// The text for a terminal: control characters as escapes (`\n`, `\u{1b}`), so that what stands in a file can neither
    /// move the cursor nor hide a line of a plan.
    public var printable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": text += "\\n"
            case "\t": text += "\t"
            case "\r": text += "\\r"
            case _ where scalar.isControl: text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// C0, DEL and C1, and the marks that change the direction of what follows.
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
            || (0x2066...0x2069).contains(value)
    }
}
