import Model

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
                result += quotes.quoted(word)
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
        let words = text.unicodeScalars.split { !$0.properties.isAlphabetic && $0 != "-" }.map { String($0) }
        if words.contains("eval") || text.has("`") { return true }
        if quotes == .none { return false }
        return text.utf8.contains(UInt8(ascii: "$")) && text.has("(")
            || words.contains { $0.first == "-" && $0.last == "c" }
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
            case .none: word.shellWord
            case .single: word.insideSingleQuotes
            case .double:
                word.unicodeScalars.reduce(into: "") {
                    $0 += "\\\"$`".unicodeScalars.contains($1) ? "\\\($1)" : "\($1)"
                }
            }
        }
    }
}

extension String {
    /// Whether no shell reads anything but words in it.
    fileprivate var isWordOrBlank: Bool { unicodeScalars.allSatisfy(\.isWordOrBlank) }
}

extension Unicode.Scalar {
    fileprivate var isWordOrBlank: Bool {
        if !isASCII { return !properties.isWhitespace }
        return properties.isAlphabetic || ("0"..."9").contains(self) || "/._-+,:=@ ".unicodeScalars.contains(self)
    }
}
