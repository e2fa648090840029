/// Texts by their scalars. A carriage return and a newline are one Character of Swift, and so are a quote and an accent
/// behind it: a search for them among Characters, or with `contains("\n")`, does not find them.
extension StringProtocol {
    /// Whether a scalar is in the text, whatever stands behind it.
    public func has(_ scalar: Unicode.Scalar) -> Bool { unicodeScalars.contains(scalar) }

    /// The text with another one in the place of each scalar, whatever stands behind it.
    public func replacing(scalar: Unicode.Scalar, with text: String) -> String {
        var result = ""
        for found in unicodeScalars {
            if found == scalar { result += text } else { result.unicodeScalars.append(found) }
        }
        return result
    }

    /// Whether nothing but ASCII's letters and digits and some other characters is in the text.
    public func isASCIIWord(or others: StaticString = "") -> Bool {
        utf8.allSatisfy { byte in
            byte.isASCIIWord || others.withUTF8Buffer { $0.contains(byte) }
        }
    }

    /// Whether a shell's variable may have this name.
    public var isVariableName: Bool { utf8.first?.isASCIIDigit == false && isASCIIWord(or: "_") }

    /// The text as it stands between the single quotes of a POSIX shell.
    public var insideSingleQuotes: String { replacing(scalar: "'", with: "'\\''") }

    /// The text as one word of a POSIX shell, in quotes where a shell would read anything else. An `=` is plain: the first
    /// word of a command, where it would make an assignment, is a path.
    public var shellWord: String {
        !isEmpty && isASCIIWord(or: "+,-./:=@_") ? String(self) : "'\(insideSingleQuotes)'"
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    public var trimmed: String {
        var rest = Substring(self)
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }
}

extension Int {
    /// With its noun: `1 host`, `20 hosts`.
    public func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}

extension String {
    /// With blanks behind it, as wide as a column.
    public func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - utf8.count)) }
}
