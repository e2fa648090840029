/// Characters in a text that a person does not see and that change its meaning.
public enum HiddenCharacters {
    private static let names: [Unicode.Scalar: String] = [
        "\u{A0}": "a no-break space", "\u{202F}": "a narrow no-break space", "\u{2007}": "a figure space",
        "\u{3000}": "an ideographic space", "\u{AD}": "a soft hyphen", "\u{200B}": "a zero-width space",
        "\u{200C}": "a zero-width non-joiner", "\u{200D}": "a zero-width joiner", "\u{2060}": "a word joiner",
        "\u{FEFF}": "a byte order mark", "\u{200E}": "a left-to-right mark", "\u{200F}": "a right-to-left mark",
        "\u{2018}": "a typographic quote", "\u{2019}": "a typographic quote", "\u{201C}": "a typographic quote",
        "\u{201D}": "a typographic quote", "\u{2013}": "an en dash", "\u{2014}": "an em dash",
        "\u{2010}": "a hyphen that is not `-`", "\u{2011}": "a no-break hyphen", "\u{2028}": "a line separator",
        "\u{2029}": "a paragraph separator", "\t": "a tab", "\r": "a carriage return",
    ]

    /// What is hidden in a text, in the words of a message; nil where nothing is.
    public static func remark(on text: some StringProtocol) -> String? {
        let scalars = text.unicodeScalars
        if let found = scalars.first(where: { names[$0] != nil }), let name = names[found] {
            let place = found == scalars.first ? "begins with" : found == scalars.last ? "ends with" : "has"
            let code = found.isASCII ? "" : " (U+\(hexadecimal(found.value)))"
            return "it \(place) \(name)\(code)"
        }
        if scalars.last == "\n" { return "it ends with a newline" }
        if scalars.last == " " { return "it ends with a blank" }
        return scalars.first == " " ? "it begins with a blank" : nil
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
