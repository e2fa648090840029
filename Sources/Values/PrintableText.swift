extension StringProtocol {
    /// The text for a terminal: control characters as escapes (`\n`, `\u{1b}`), so that what stands in a file can neither
    /// move the cursor nor hide a line of a plan.
    public var printable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return String(self) }
        return unicodeScalars.reduce(into: "") { $0 += $1 == "\t" ? "\t" : $1.printable }
    }
}

extension String {
    /// The same; most texts are plain ASCII, of which a look at the bytes tells that nothing is to be done.
    public var printable: String {
        utf8.allSatisfy { (0x20...0x7E).contains($0) } ? self : self[...].printable
    }

    /// The lines of a text for a terminal, each `printable`.
    ///
    /// - Parameter keepsColors: whether the colours that our own output sets stay (`ESC [ 3 N m` and `ESC [ 0 m`).
    public func printableLines(keepsColors: Bool) -> String {
        guard unicodeScalars.contains(where: { $0 != "\n" && $0.isControl }) else { return self }
        return split(separator: "\n" as Unicode.Scalar, keepsColors: keepsColors)
    }

    private func split(separator: Unicode.Scalar, keepsColors: Bool) -> String {
        var lines: [String] = []
        for line in unicodeScalars.split(separator: separator, omittingEmptySubsequences: false) {
            let text = String(line)
            guard keepsColors else {
                lines.append(text.printable)
                continue
            }
            var rest = text[...], result = ""
            while let color = rest.firstMatch(of: /\u{1B}\[(0|3[0-9])m/) {
                result += rest[..<color.range.lowerBound].printable + color.output.0
                rest = rest[color.range.upperBound...]
            }
            lines.append(result + rest.printable)
        }
        return lines.joined(separator: "\n")
    }
}

extension Unicode.Scalar {
    /// The character for a terminal, as an escape where it is a control character.
    var printable: String {
        switch self {
        case "\n": "\\n"
        case "\t": "\\t"
        case "\r": "\\r"
        case _ where isControl: escaped
        default: String(self)
        }
    }

    /// Such as `\u{200b}`.
    var escaped: String { "\\u{\(String(value, radix: 16))}" }

    /// C0, DEL and C1, and the marks that change the direction of what follows.
    fileprivate var isControl: Bool { value < 0x20 || isHiddenControl }

    /// DEL, C1 and the marks of direction, which no line of a text needs.
    public var isHiddenControl: Bool {
        (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    }
}
