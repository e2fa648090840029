/// Reads JSON text strictly (RFC 8259): no duplicate keys, bounded depth.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    static let greatestDepth = 200

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func value(of bytes: [UInt8]) throws(JSONError) -> Value {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        reader.skipBlanks()
        guard reader.position == bytes.count else { throw reader.error("expected the end") }
        return value
    }

    private func error(_ message: String) -> JSONError { JSONError(message: message, offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(JSONError) -> Value {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.greatestDepth else { throw error("JSON nested deeper than \(Self.greatestDepth) levels") }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{")?: return try object()
        case UInt8(ascii: "[")?: return try array()
        case UInt8(ascii: "\"")?: return .string(try string())
        case UInt8(ascii: "t")?: return try word("true", .bool(true))
        case UInt8(ascii: "f")?: return try word("false", .bool(false))
        case UInt8(ascii: "n")?: return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: String, _ value: Value) throws(JSONError) -> Value {
        guard bytes[position...].starts(with: word.utf8) else { throw error("expected \(word)") }
        position += word.utf8.count
        return value
    }

    private mutating func object() throws(JSONError) -> Value {
        position += 1
        var map = ValueMap()
        if take(UInt8(ascii: "}")) { return .map(map) }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw error("expected a name in double quotes") }
            let name = try string()
            guard map[name] == nil else { throw error("the name \"\(name)\" is there twice") }
            guard take(UInt8(ascii: ":")) else { throw error("expected ':'") }
            map[name] = try value()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("expected ',' or '}'") }
        return .map(map)
    }

    private mutating func array() throws(JSONError) -> Value {
        position += 1
        var items: [Value] = []
        if take(UInt8(ascii: "]")) { return .list(items) }
        repeat { items.append(try value()) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("expected ',' or ']'") }
        return .list(items)
    }

    private mutating func number() throws(JSONError) -> Value {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, (0x30...0x39).contains(first),
            !(digits.hasPrefix("0") && digits.utf8.dropFirst().first.map { (0x30...0x39).contains($0) } ?? false),
            !digits.hasSuffix(".")
        else {
            position = start
            throw error("expected a value")
        }
        if let whole = Int64(text) { return .int(whole) }
        if let whole = UInt64(text) { return .uint(whole) }
        guard let number = Double(text), number.isFinite else {
            position = start
            throw error("a number out of range")
        }
        return .double(number)
    }

    private mutating func string() throws(JSONError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw error("a string that is no UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): content.append(contentsOf: Array(String(Character(try escape())).utf8))
            case 0..<0x20: throw error("a control character in a string")
            default: content.append(byte)
            }
        }
        throw error("a string without its closing quote")
    }

    private mutating func escape() throws(JSONError) -> Unicode.Scalar {
        guard let letter = next else { throw error("a backslash at the end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try unit()
            if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
            guard first < 0xDC00, next == UInt8(ascii: "\\"), position + 1 < bytes.count,
                bytes[position + 1] == UInt8(ascii: "u")
            else { throw error("half of a surrogate pair") }
            position += 2
            let second = try unit()
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
            else { throw error("half of a surrogate pair") }
            return scalar
        default: throw error("unknown escape")
        }
    }

    private mutating func unit() throws(JSONError) -> UInt16 {
        guard position + 4 <= bytes.count, bytes[position] != UInt8(ascii: "+"),
            let value = UInt16(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16)
        else { throw error("expected four hexadecimal digits") }
        position += 4
        return value
    }
}

/// Why a JSON text was refused, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// What is wrong, in lower case and without a full stop.
    public let message: String
    /// The place in the text, in bytes from 0.
    public let offset: Int

    public init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }
}
