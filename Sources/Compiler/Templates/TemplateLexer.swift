import Model

/// A stretch of a template.
enum TemplateToken {
    case text(String)
    case expression(String, Place)
    /// The words between `%{{` and `}}`.
    case directive(String, Place)
}

/// Cuts a template into texts, expressions and directives.
///
/// A line that holds only a directive leaves no blank line. `$${{` and `%%{{` stand for themselves.
struct TemplateLexer {
    private let bytes: [UInt8]
    private let file: SourceFile
    private var index = 0
    private var line = 1
    private var lineStart = 0
    private var literal: [UInt8] = []
    private(set) var tokens: [TemplateToken] = []

    private init(_ bytes: [UInt8], file: SourceFile) {
        self.bytes = bytes
        self.file = file
    }

    static func tokens(of bytes: [UInt8], file: SourceFile) throws(Diagnostic) -> [TemplateToken] {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Diagnostic(
                "expected a template in UTF-8, found other bytes", at: Place(file: file, line: 1, column: 1),
                hint: "use `source` for a payload that is no text")
        }
        var lexer = TemplateLexer(bytes, file: file)
        try lexer.run()
        return lexer.tokens
    }

    private mutating func run() throws(Diagnostic) {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "%") {
                if isOpening(at: index + 1, sign: byte) {
                    literal.append(contentsOf: [byte, 0x7B, 0x7B])
                    index += 4
                    continue
                }
                if isOpening(at: index, sign: byte) {
                    try take(byte)
                    continue
                }
            }
            literal.append(byte)
            advance()
        }
        flush()
    }

    private func isOpening(at place: Int, sign: UInt8) -> Bool {
        place + 2 < bytes.count && bytes[place] == sign && bytes[place + 1] == 0x7B && bytes[place + 2] == 0x7B
    }

    private mutating func advance() {
        if bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        index += 1
    }

    private var place: Place {
        Place(file: file, line: line, column: String(decoding: bytes[lineStart..<index], as: UTF8.self).count + 1)
    }

    private mutating func take(_ sign: UInt8) throws(Diagnostic) {
        let opening = place, isDirective = sign == UInt8(ascii: "%"), openingIndex = index
        guard let end = ScalarText.end(ofExpressionIn: bytes, from: index + 3) else {
            throw Diagnostic(
                "expected `}}` after `\(isDirective ? "%" : "$"){{`, found the end of the file", at: opening)
        }
        let text = String(decoding: bytes[(index + 3)..<end], as: UTF8.self)
        var inner = opening
        inner.column += 3
        while index < end + 2 { advance() }
        guard isDirective else {
            flush()
            tokens.append(.expression(text, inner))
            return
        }
        if isAlone(from: openingIndex) {
            while let last = literal.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
                literal.removeLast()
            }
            while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { advance() }
            if index < bytes.count { advance() }
        }
        flush()
        tokens.append(.directive(text, inner))
    }

    /// Whether there is nothing but blanks before and after a directive on its line.
    private func isAlone(from opening: Int) -> Bool {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        let before = bytes[..<opening].reversed().prefix { $0 != 0x0A }
        let after = bytes[index...].prefix { $0 != 0x0A }
        return before.allSatisfy(isBlank) && after.allSatisfy(isBlank)
    }

    private mutating func flush() {
        if !literal.isEmpty { tokens.append(.text(String(decoding: literal, as: UTF8.self))) }
        literal = []
    }
}
