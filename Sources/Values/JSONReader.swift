/// Why a text is no JSON, and where.
public struct JSONFault: Error, Sendable, Hashable {
    /// What is wrong: lower case, no full stop.
    public var message: String
    /// In bytes from 0.
    public var offset: Int

    public init(_ message: String, at offset: Int) {
        self.message = message
        self.offset = offset
    }

    /// Both in one line.
    public var text: String { "\(message) at byte \(offset)" }
}

extension Datum {
    /// What a key that stands twice in an object means.
    public enum RepeatedKeys: Sendable {
        case refused
        /// As most readers have it, for what other tools wrote.
        case lastCounts
    }

    /// Reads JSON (RFC 8259) in UTF-8: at most 64 MiB.
    ///
    /// - Parameter depth: how many levels it may have.
    public init(json bytes: [UInt8], repeatedKeys: RepeatedKeys = .refused, depth: Int = 64) throws(JSONFault) {
        guard bytes.count <= 64 << 20 else { throw JSONFault("expected at most 64 MiB", at: 0) }
        var reader = JSONReader(bytes: bytes, repeatedKeys: repeatedKeys, greatestDepth: depth)
        self = try reader.document()
    }
}

/// Reads a text, or passes over what nobody asks for; `JSONObject` does the latter.
struct JSONReader {
    let bytes: [UInt8]
    let repeatedKeys: Datum.RepeatedKeys
    let greatestDepth: Int
    private(set) var position: Int
    let end: Int

    /// - Parameter range: the bytes that are read; nil: all of them.
    init(bytes: [UInt8], in range: Range<Int>? = nil, repeatedKeys: Datum.RepeatedKeys, greatestDepth: Int) {
        self.bytes = bytes
        self.repeatedKeys = repeatedKeys
        self.greatestDepth = greatestDepth
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    var next: UInt8? { position < end ? bytes[position] : nil }

    mutating func skipSpace() {
        while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    func fault(_ expected: String) -> JSONFault {
        JSONFault("expected \(expected), found \(next == nil ? "the end" : "something else")", at: position)
    }

    mutating func document() throws(JSONFault) -> Datum {
        let value = try value(depth: 0)
        skipSpace()
        guard next == nil else { throw fault("the end") }
        return value
    }

    mutating func value(depth: Int) throws(JSONFault) -> Datum {
        guard depth < greatestDepth else { throw fault("at most \(greatestDepth) levels") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try map(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: Datum) throws(JSONFault) -> Datum {
        guard bytes[position...].starts(with: text.utf8) else { throw fault("a value") }
        position += text.utf8.count
        return value
    }

    private mutating func list(depth: Int) throws(JSONFault) -> Datum {
        position += 1
        var items: [Datum] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .list(items) }
        repeat { items.append(try value(depth: depth + 1)) } while separator()
        guard take(UInt8(ascii: "]")) else { throw fault("`,` or `]`") }
        return .list(items)
    }

    private mutating func map(depth: Int) throws(JSONFault) -> Datum {
        position += 1
        var members: [Datum.Member] = []
        var places = KeyPlaces()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .map(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("a key") }
            let place = position
            let key = try string()
            let known = places.place(of: key, in: members)
            if repeatedKeys == .refused, known != nil {
                throw JSONFault("expected each key once, found `\(key)` twice", at: place)
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("`:`") }
            let value = try value(depth: depth + 1)
            if let known {
                members[known].value = value
            } else {
                members.append(.init(key, value))
            }
        } while separator()
        guard take(UInt8(ascii: "}")) else { throw fault("`,` or `}`") }
        return .map(members)
    }

    mutating func separator() -> Bool {
        skipSpace()
        return take(UInt8(ascii: ","))
    }

    mutating func string() throws(JSONFault) -> String {
        let start = position
        position += 1
        passPlainText()
        // Most texts have no escape.
        if next == UInt8(ascii: "\"") {
            position += 1
            guard let text = String(validating: bytes[start + 1..<position - 1], as: UTF8.self) else {
                throw JSONFault("expected UTF-8, found other bytes", at: start)
            }
            return text
        }
        position = start + 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw JSONFault("expected UTF-8, found other bytes", at: start)
                }
                return result
            case UInt8(ascii: "\\"): try escape(into: &text)
            case ..<0x20: throw JSONFault("expected an escape, found a control character", at: position - 1)
            default: text.append(byte)
            }
        }
        throw fault("the end of the text that begins at byte \(start)")
    }

    mutating func advance(to place: Int) { position = place }

    /// Passes over bytes of a text that stand for themselves.
    mutating func passPlainText() {
        while position < end {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            position += 1
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONFault) {
        let simple: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09,
        ]
        guard let letter = next else { throw fault("an escape") }
        position += 1
        if let byte = simple[letter] {
            text.append(byte)
            return
        }
        guard letter == UInt8(ascii: "u"), var code = hexadecimal() else { throw fault("an escape") }
        if (0xD800..<0xDC00).contains(code), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = hexadecimal(),
            (0xDC00..<0xE000).contains(low)
        {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault("a pair of surrogates") }
        text.append(contentsOf: String(Character(scalar)).utf8)
    }

    private mutating func hexadecimal() -> UInt32? {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next?.hexadecimalValue else { return nil }
            code = code << 4 | UInt32(digit)
            position += 1
        }
        return code
    }

    private mutating func number() throws(JSONFault) -> Datum {
        let start = position
        while let next, next.isASCIIDigit || "+-.eE".utf8.contains(next), position - start < 400 {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        let digits = text.first == "-" ? text.dropFirst() : text[...]
        let isFormed =
            digits.first?.isNumber == true && (digits.first != "0" || !(digits.dropFirst().first?.isNumber ?? false))
        if isFormed, let value = Int64(text) { return .int(value) }
        let fraction = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
        guard isFormed, fraction.map({ $0.first?.isNumber == true }) ?? true, let value = Double(text), value.isFinite
        else {
            position = start
            throw fault("a value")
        }
        return .double(value)
    }
}

/// Where the keys of an object are: few are looked through, many have a table.
private struct KeyPlaces {
    private var table: [String: Int] = [:]

    mutating func place(of key: String, in members: [Datum.Member]) -> Int? {
        if members.count <= 16 { return members.firstIndex { $0.key == key } }
        for place in table.count..<members.count { table[members[place].key] = place }
        return table[key]
    }
}
