/// A text for the shell in which each `%` stands for one word, whatever the quotes around it.
public struct ShellTemplate {
    private let text: String

    public init(_ text: String) {
        self.text = text
    }

    /// The text with a word in the place of each `%`. No character of the word means anything to the shell: it is quoted
    /// as its place asks.
    ///
    /// - Returns: nil where a second reading may follow, as in `sh -c 'cat %'`, and the word has characters that would
    ///   mean something to it.
    public func filled(with word: String) -> String? {
        var result = "", quotes = Quotes.none, isEscaped = false
        for character in text.unicodeScalars {
            if character == "%" {
                if isEscaped { result.unicodeScalars.removeLast() }
                if !word.isWordOrBlank, isReadAgain(quotes) { return nil }
                result += word.isPlainWord ? word : quotes.quoted(word)
            } else {
                result.unicodeScalars.append(character)
                if !isEscaped { quotes.read(character) }
            }
            isEscaped = character == "\\" && !isEscaped && quotes != .single
        }
        return result
    }

    /// Whether a text in such quotes may be read by a shell once more.
    private func isReadAgain(_ quotes: Quotes) -> Bool {
        let words = text.split { !$0.isLetter && $0 != "-" }
        if words.contains("eval") || text.contains("`") { return true }
        if quotes == .none { return false }
        return text.contains("$(") || words.contains { $0.first == "-" && $0.last == "c" }
    }

    private enum Quotes {
        case none, single, double

        mutating func read(_ character: Unicode.Scalar) {
            switch (self, character) {
            case (.none, "'"): self = .single
            case (.none, "\""): self = .double
            case (.single, "'"), (.double, "\""): self = .none
            default: break
            }
        }

        /// The word so that it is taken as it is in these quotes.
        func quoted(_ word: String) -> String {
            switch self {
            case .none: "'\(word.replacing("'", with: "'\\''"))'"
            case .single: word.replacing("'", with: "'\\''")
            case .double: word.reduce(into: "") { $0 += "\\\"$`".contains($1) ? "\\\($1)" : "\($1)" }
            }
        }
    }
}

extension String {
    /// Whether no shell reads anything but words in it.
    fileprivate var isWordOrBlank: Bool { allSatisfy { $0.isWordOrBlank } }
    /// Whether no shell reads anything but one word in it.
    fileprivate var isPlainWord: Bool { !isEmpty && isWordOrBlank && !contains(" ") }
}

extension Character {
    fileprivate var isWordOrBlank: Bool {
        !isASCII ? !isWhitespace && !isNewline : isLetter || isNumber || "/._-+,:=@ ".contains(self)
    }
}
