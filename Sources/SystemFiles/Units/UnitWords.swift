/// The words of a value, as systemd reads lists of units.
struct UnitWords {
    private var words: [String] = []
    private var word: [UInt8]?

    /// Words in quotes or not; backslashes stay. Where a quote is not closed, the words before it count.
    static func quoted(_ value: String) -> [String] {
        var list = UnitWords(), quote: UInt8?
        for byte in value.utf8 {
            if let open = quote {
                if byte == open { quote = nil } else { list.append(byte) }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
                list.begin()
            } else {
                list.read(byte)
            }
        }
        if quote == nil { list.end() }
        return list.words
    }

    /// Words without quotes; a backslash stands for the byte after it. nil where nothing follows the last one.
    static func escaped(_ value: String) -> [String]? {
        var list = UnitWords(), isEscaped = false
        for byte in value.utf8 {
            if isEscaped {
                list.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
                list.begin()
            } else {
                list.read(byte)
            }
        }
        if isEscaped { return nil }
        list.end()
        return list.words
    }

    /// A byte that means nothing else: a blank ends the word.
    private mutating func read(_ byte: UInt8) {
        if UnitFile.isBlank(byte) { end() } else { append(byte) }
    }

    private mutating func begin() { word = word ?? [] }

    private mutating func append(_ byte: UInt8) {
        begin()
        word?.append(byte)
    }

    private mutating func end() {
        if let word { words.append(String(decoding: word, as: UTF8.self)) }
        word = nil
    }
}
