/// Reads the inside of a string or bytes literal.
struct LiteralReader {
    let bytes: [UInt8]
    var position: Int
    let isRaw: Bool
    let isBytes: Bool

    /// The content up to and including the closing quotes.
    mutating func content(quote: UInt8, isTriple: Bool, from start: Int) throws(Fault) -> [UInt8] {
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            if byte == quote {
                guard isTriple else {
                    position += 1
                    return content
                }
                if position + 2 < bytes.count, bytes[position + 1] == quote, bytes[position + 2] == quote {
                    position += 3
                    return content
                }
            }
            if !isTriple, byte == 0x0A || byte == 0x0D { break }
            position += 1
            if byte == UInt8(ascii: "\\"), !isRaw {
                try escape(into: &content)
            } else {
                content.append(byte)
            }
        }
        throw Fault(
            "expected a closing quote, found the end of the line", at: start,
            hint: "within double quotes YAML makes a line break of \\n: write \\\\n")
    }

    private mutating func escape(into content: inout [UInt8]) throws(Fault) {
        let start = position - 1
        guard position < bytes.count else { throw Fault("a backslash at the end", at: start) }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "a"): content.append(0x07)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "v"): content.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            content.append(letter)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            try append(digits(2, radix: 16, from: start), to: &content, from: start)
        case UInt8(ascii: "u") where !isBytes:
            try append(digits(4, radix: 16, from: start), to: &content, from: start)
        case UInt8(ascii: "U") where !isBytes:
            try append(digits(8, radix: 16, from: start), to: &content, from: start)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            position -= 1
            try append(digits(3, radix: 8, from: start), to: &content, from: start)
        default:
            let found = String(decoding: [letter], as: UTF8.self)
            throw Fault("unknown escape '\\\(found)'", at: start, hint: "a backslash itself is written '\\\\'")
        }
    }

    private mutating func digits(_ count: Int, radix: Int, from start: Int) throws(Fault) -> UInt32 {
        let end = position + count
        guard end <= bytes.count, bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-"),
            let value = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: radix)
        else { throw Fault("expected \(count) \(radix == 16 ? "hexadecimal" : "octal") digits", at: start) }
        position = end
        return value
    }

    private func append(_ value: UInt32, to content: inout [UInt8], from start: Int) throws(Fault) {
        if isBytes {
            content.append(UInt8(truncatingIfNeeded: value))
            return
        }
        guard let scalar = Unicode.Scalar(value) else { throw Fault("not a Unicode code point", at: start) }
        content.append(contentsOf: Array(String(Character(scalar)).utf8))
    }
}
