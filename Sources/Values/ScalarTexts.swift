/// Texts by their scalars. A carriage return and a newline are one Character of Swift, and so are a quote and an accent
/// behind it: whoever looks for one of them among Characters, or with `contains("\n")`, does not find it.
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

    /// The text as it stands between the single quotes of a POSIX shell.
    public var insideSingleQuotes: String { replacing(scalar: "'", with: "'\\''") }
}
