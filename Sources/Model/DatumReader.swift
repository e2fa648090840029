extension Datum {
    /// Reads JSON (RFC 8259): at most 64 levels; of a repeated name the last value counts, as most readers have it.
    public init(json bytes: [UInt8]) throws(JSONFault) {
        var reader = DatumReader(bytes)
        self = try reader.document()
    }
}

/// Why a text is no JSON, and where.
public struct JSONFault: Error, Sendable, Hashable {
    /// What was expected and found, in lower case and without a full stop.
    public let message: String
    /// Bytes from the beginning.
    public let offset: Int

    public init(message: String, offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// Both in one line.
    public var text: String { "\(message) at byte \(offset)" }
}

/// Reads one JSON text into a free value.
struct DatumReader {
    private let bytes: [UInt8]
    private var position = 0
    private static let greatestDepth = 64

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONFault) -> Datum {
        let value = try value(depth: 1)
        skipBlanks()
        guard position == bytes.count else { throw fault("expected the end, found more") }
        return value
    }

    private func fault(_ message: String) -> JSONFault { JSONFault(message: message, offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONFault) -> Datum {
        guard depth <= Self.greatestDepth else {
            throw fault("expected at most \(Self.greatestDepth) levels, found more")
        }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: Datum) throws(JSONFault) -> Datum {
        let isThere = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard isThere else { throw fault("expected a value, found something else") }
        position += word.utf8CodeUnitCount
        return value
    }

    private mutating func object(_ depth: Int) throws(JSONFault) -> Datum {
        position += 1
        var members: [Datum.Member] = []
        var places: [String: Int] = [:]
        if take(UInt8(ascii: "}")) { return .map([]) }
        repeat {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw fault("expected a name in double quotes, found none") }
            let name = try string()
            guard take(UInt8(ascii: ":")) else { throw fault("expected `:`, found something else") }
            let value = try value(depth: depth + 1)
            if let place = places[name] {
                members[place].value = value
            } else {
                places[name] = members.count
                members.append(Datum.Member(name, value))
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("expected `,` or `}`, found something else") }
        return .map(members)
    }

    private mutating func array(_ depth: Int) throws(JSONFault) -> Datum {
        position += 1
        var items: [Datum] = []
        if take(UInt8(ascii: "]")) { return .list([]) }
        repeat { items.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("expected `,` or `]`, found something else") }
        return .list(items)
    }

    private mutating func number() throws(JSONFault) -> Datum {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = Array(text.utf8.drop { $0 == UInt8(ascii: "-") })
        let isNumber = digits.first.map { (0x30...0x39).contains($0) } ?? false
        if isNumber, digits.count == 1 || digits[0] != 0x30 || !(0x30...0x39).contains(digits[1]) {
            if let whole = Int64(text) { return .int(whole) }
            if let number = Double(text), number.isFinite { return .double(number) }
        }
        position = start
        throw fault("expected a value, found something else")
    }

    private mutating func string() throws(JSONFault) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw fault("expected UTF-8") }
                return text
            case UInt8(ascii: "\\"): content += Array(String(Character(try escape())).utf8)
            case 0..<0x20: throw fault("expected text, found a control character")
            default: content.append(byte)
            }
        }
        throw fault("expected a closing quote, found the end")
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        guard let letter = next else { throw fault("expected an escape, found the end") }
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
            if let scalar = Unicode.Scalar(first) { return scalar }
            guard first < 0xDC00, next == UInt8(ascii: "\\") else { throw fault("expected a pair of surrogates") }
            position += 1
            guard next == UInt8(ascii: "u") else { throw fault("expected a pair of surrogates") }
            position += 1
            let second = try unit()
            guard (0xDC00...0xDFFF).contains(second),
                let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            else { throw fault("expected a pair of surrogates") }
            return scalar
        default: throw fault("expected an escape of JSON, found another")
        }
    }

    private mutating func unit() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("expected four hexadecimal digits")
            }
            position += 1
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
