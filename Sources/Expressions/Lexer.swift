import Values

/// Splits an expression into tokens (CEL language definition, "Syntax").
struct Lexer {
    private let bytes: [UInt8]
    private var position = 0

    static let greatestLength = 1 << 20

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func tokens() throws(Fault) -> [Token] {
        guard bytes.count <= Self.greatestLength else { throw Fault("an expression longer than 1 MiB") }
        var tokens: [Token] = []
        while true {
            skipBlanks()
            let start = position
            guard position < bytes.count else {
                tokens.append(Token(kind: .end, offset: start))
                return tokens
            }
            tokens.append(Token(kind: try next(), offset: start))
        }
    }

    private func byte(_ distance: Int = 0) -> UInt8 {
        position + distance < bytes.count ? bytes[position + distance] : 0
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D: position += 1
            case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"):
                while position < bytes.count, bytes[position] != 0x0A { position += 1 }
            default: return
            }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte.isASCIILetter || byte == UInt8(ascii: "_")
    }

    private mutating func next() throws(Fault) -> Token.Kind {
        let first = byte()
        if let literal = try stringLiteral() { return literal }
        if Self.isLetter(first) {
            return .identifier(text { Self.isLetter($0) || $0.isASCIIDigit })
        }
        if first.isASCIIDigit || (first == UInt8(ascii: ".") && byte(1).isASCIIDigit) { return try number() }
        if first == UInt8(ascii: "`") { return try quotedIdentifier() }
        for symbol in ["&&", "||", "==", "!=", "<=", ">="] where bytes[position...].starts(with: symbol.utf8) {
            position += 2
            return .symbol(symbol)
        }
        if "+-*/%<>!?:.,()[]{}".utf8.contains(first) {
            position += 1
            return .symbol(String(Character(Unicode.Scalar(first))))
        }
        let rest = String(decoding: bytes[position...].prefix(16), as: UTF8.self)
        let found = rest.first.map { "'\($0)'" } ?? "nothing"
        switch first {
        case UInt8(ascii: "="): throw Fault("unexpected \(found)", at: position, hint: "equality is '=='")
        case UInt8(ascii: "&"): throw Fault("unexpected \(found)", at: position, hint: "'and' is '&&'")
        case UInt8(ascii: "|"): throw Fault("unexpected \(found)", at: position, hint: "'or' is '||'")
        default: throw Fault("unexpected \(found)", at: position)
        }
    }

    private mutating func text(while condition: (UInt8) -> Bool) -> String {
        let start = position
        while position < bytes.count, condition(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quotedIdentifier() throws(Fault) -> Token.Kind {
        let start = position
        position += 1
        let name = text { Self.isLetter($0) || $0.isASCIIDigit || "./- ".utf8.contains($0) }
        guard byte() == UInt8(ascii: "`"), !name.isEmpty else {
            throw Fault("expected letters, digits, '_', '.', '-', '/' or spaces and a closing '`'", at: start)
        }
        position += 1
        return .quotedIdentifier(name)
    }

    private mutating func number() throws(Fault) -> Token.Kind {
        let start = position
        if byte() == 0x30, byte(1) == UInt8(ascii: "x") {
            position += 2
            let digits = text { $0.hexadecimalValue != nil }
            return try wholeNumber(digits, radix: 16, from: start)
        }
        var digits = text { $0.isASCIIDigit }
        var isDouble = false
        if byte() == UInt8(ascii: "."), byte(1).isASCIIDigit {
            position += 1
            digits += "." + text { $0.isASCIIDigit }
            isDouble = true
        }
        if byte() | 0x20 == UInt8(ascii: "e") {
            let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
            if byte(sign ? 2 : 1).isASCIIDigit {
                digits += byte(1) == UInt8(ascii: "-") ? "e-" : "e"
                position += sign ? 2 : 1
                digits += text { $0.isASCIIDigit }
                isDouble = true
            }
        }
        guard isDouble else { return try wholeNumber(digits, radix: 10, from: start) }
        guard let value = Double(digits.hasPrefix(".") ? "0" + digits : digits), value.isFinite else {
            throw Fault("a double out of range", at: start)
        }
        try endNumber(from: start)
        return .double(value)
    }

    private mutating func wholeNumber(_ digits: String, radix: Int, from start: Int) throws(Fault) -> Token.Kind {
        let isUnsigned = byte() | 0x20 == UInt8(ascii: "u")
        if isUnsigned { position += 1 }
        guard !digits.isEmpty else { throw Fault("expected hexadecimal digits", at: start) }
        guard let value = UInt64(digits, radix: radix), isUnsigned || value <= UInt64(1) << 63 else {
            throw Fault("a whole number out of range", at: start)
        }
        try endNumber(from: start)
        return isUnsigned ? .uint(value) : .int(value)
    }

    private func endNumber(from start: Int) throws(Fault) {
        guard !Self.isLetter(byte()) else { throw Fault("a number followed by a letter", at: start) }
    }

    /// A string or bytes literal with its prefix letters; nil when something else comes.
    private mutating func stringLiteral() throws(Fault) -> Token.Kind? {
        var cursor = position
        var (isRaw, isBytes) = (false, false)
        loop: while cursor < bytes.count {
            switch bytes[cursor] | 0x20 {
            case UInt8(ascii: "r") where !isRaw: isRaw = true
            case UInt8(ascii: "b") where !isBytes: isBytes = true
            default: break loop
            }
            cursor += 1
        }
        guard cursor < bytes.count, bytes[cursor] == UInt8(ascii: "'") || bytes[cursor] == UInt8(ascii: "\"") else {
            return nil
        }
        let (start, quote) = (position, bytes[cursor])
        var isTriple = false
        if cursor + 2 < bytes.count, bytes[cursor + 1] == quote, bytes[cursor + 2] == quote { isTriple = true }
        cursor += isTriple ? 3 : 1
        var literal = LiteralReader(bytes: bytes, position: cursor, isRaw: isRaw, isBytes: isBytes)
        let content = try literal.content(quote: quote, isTriple: isTriple, from: start)
        position = literal.position
        if isBytes { return .bytes(content) }
        return .string(String(decoding: content, as: UTF8.self))
    }
}
