/// The words of a value, as systemd reads lists of units.
enum UnitWords {
    /// Words in quotes or not; backslashes stay. Where a quote is not closed, the words before it count.
    static func quoted(_ value: String) -> [String] {
        var words: [String] = [], word: [UInt8]?, quote: UInt8?
        for byte in value.utf8 {
            if let open = quote {
                if byte == open { quote = nil } else { word?.append(byte) }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                word = word ?? []
            } else if UnitFile.isBlank(byte) {
                if let word { words.append(String(decoding: word, as: UTF8.self)) }
                word = nil
            } else {
                word = (word ?? []) + [byte]
            }
        }
        if quote == nil, let word { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    /// Words without quotes; a backslash stands for the byte after it. nil where nothing follows the last one.
    static func escaped(_ value: String) -> [String]? {
        var words: [String] = [], word: [UInt8]?, isEscaped = false
        for byte in value.utf8 {
            if isEscaped {
                word?.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                word = word ?? []
            } else if UnitFile.isBlank(byte) {
                if let word { words.append(String(decoding: word, as: UTF8.self)) }
                word = nil
            } else {
                word = (word ?? []) + [byte]
            }
        }
        if isEscaped { return nil }
        if let word { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }
}
