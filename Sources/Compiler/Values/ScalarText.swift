import Expressions
import Model

/// A stretch of a scalar or template: text, or the text between `${{` and `}}`.
enum ScalarPiece {
    case text(String)
    /// The expression and where it begins in the scalar, in UTF-8 bytes.
    case expression(String, offset: Int)
    /// `${{` without its end, and where.
    case unterminated(offset: Int)
}

/// Finds the expressions in a text.
enum ScalarText {
    static func holdsExpression(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= 3 else { return false }
            for index in 0..<(bytes.count - 2) where bytes[index] == 0x24 {
                if bytes[index + 1] == 0x7B, bytes[index + 2] == 0x7B { return true }
            }
            return false
        }
    }

    static func pieces(of text: String) -> [ScalarPiece] {
        let bytes = Array(text.utf8)
        var pieces: [ScalarPiece] = [], literal: [UInt8] = [], index = 0
        func flush() {
            if !literal.isEmpty { pieces.append(.text(String(decoding: literal, as: UTF8.self))) }
            literal = []
        }
        while index < bytes.count {
            guard bytes[index] == 0x24 else {
                literal.append(bytes[index])
                index += 1
                continue
            }
            if bytes[index...].starts(with: "$${{".utf8) {
                literal.append(contentsOf: "${{".utf8)
                index += 4
            } else if bytes[index...].starts(with: "${{".utf8) {
                flush()
                guard let end = end(ofExpressionIn: bytes, from: index + 3) else {
                    pieces.append(.unterminated(offset: index))
                    return pieces
                }
                pieces.append(
                    .expression(String(decoding: bytes[(index + 3)..<end], as: UTF8.self), offset: index + 3))
                index = end + 2
            } else {
                literal.append(0x24)
                index += 1
            }
        }
        flush()
        return pieces
    }

    /// Where the `}}` of an expression stands, passing over the expression's own texts and braces.
    static func end(ofExpressionIn bytes: [UInt8], from start: Int) -> Int? {
        var index = start, depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                guard let after = end(ofTextIn: bytes, from: index) else { return nil }
                index = after
                continue
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                if depth > 0 {
                    depth -= 1
                } else if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "}") {
                    return index
                }
            default: break
            }
            index += 1
        }
        return nil
    }

    private static func end(ofTextIn bytes: [UInt8], from start: Int) -> Int? {
        let quote = bytes[start]
        let isRaw = start > 0 && (bytes[start - 1] | 32) == UInt8(ascii: "r")
        let isTriple = start + 2 < bytes.count && bytes[start + 1] == quote && bytes[start + 2] == quote
        let length = isTriple ? 3 : 1
        var index = start + length
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\"), !isRaw {
                index += 2
                continue
            }
            if bytes[index] == quote, !isTriple || bytes[index...].starts(with: [quote, quote, quote]) {
                return index + length
            }
            index += 1
        }
        return nil
    }
}
