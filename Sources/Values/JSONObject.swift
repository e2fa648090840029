/// A JSON object (RFC 8259) that is checked whole at once, while each member is made a value when somebody asks for it.
public struct JSONObject: Sendable {
    /// The names of the members, in their order.
    public let keys: [String]
    private let ranges: [Range<Int>]
    private let bytes: [UInt8]

    /// - Parameter range: where the object is among the bytes, with space around it.
    public init(_ bytes: [UInt8], in range: Range<Int>) throws(JSONFault) {
        var reader = JSONReader(bytes: bytes, in: range, repeatedKeys: .refused, greatestDepth: 64)
        var keys: [String] = [], ranges: [Range<Int>] = []
        reader.skipSpace()
        guard reader.take(UInt8(ascii: "{")) else { throw reader.fault("an object") }
        reader.skipSpace()
        if !reader.take(UInt8(ascii: "}")) {
            repeat {
                let place = reader.position
                let key = try reader.key()
                if keys.contains(key) { throw JSONFault("expected each key once, found `\(key)` twice", at: place) }
                reader.skipSpace()
                let start = reader.position
                try reader.skip(depth: 1)
                keys.append(key)
                ranges.append(start..<reader.position)
            } while reader.separator()
            guard reader.take(UInt8(ascii: "}")) else { throw reader.fault("`,` or `}`") }
        }
        reader.skipSpace()
        guard reader.next == nil else { throw reader.fault("the end") }
        self.keys = keys
        self.ranges = ranges
        self.bytes = bytes
    }

    /// The value of a member; nil where there is none.
    public subscript(_ key: String) -> Datum? {
        guard let index = keys.firstIndex(of: key) else { return nil }
        var reader = JSONReader(bytes: bytes, in: ranges[index], repeatedKeys: .refused, greatestDepth: 64)
        return try? reader.document()
    }
}

extension JSONReader {
    /// A key and its colon.
    mutating func key() throws(JSONFault) -> String {
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw fault("a key") }
        let key = try string()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw fault("`:`") }
        return key
    }

    /// Passes over a value that must be well formed, as `value(depth:)` would take it.
    mutating func skip(depth: Int) throws(JSONFault) {
        skipSpace()
        switch next {
        case UInt8(ascii: "\""): try skipText()
        case UInt8(ascii: "["):
            guard depth < greatestDepth else { throw fault("at most \(greatestDepth) levels") }
            _ = take(UInt8(ascii: "["))
            skipSpace()
            if take(UInt8(ascii: "]")) { return }
            repeat { try skip(depth: depth + 1) } while separator()
            guard take(UInt8(ascii: "]")) else { throw fault("`,` or `]`") }
        case UInt8(ascii: "{"):
            guard depth < greatestDepth else { throw fault("at most \(greatestDepth) levels") }
            try skipMap(depth: depth)
        default: _ = try value(depth: depth)
        }
    }

    private mutating func skipMap(depth: Int) throws(JSONFault) {
        _ = take(UInt8(ascii: "{"))
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        var keys: [ArraySlice<UInt8>] = [], known = Set<ArraySlice<UInt8>>()
        repeat {
            skipSpace()
            let start = position
            guard next == UInt8(ascii: "\"") else { throw fault("a key") }
            try skipText()
            var key = bytes[start + 1..<position - 1]
            if key.contains(UInt8(ascii: "\\")) {
                var reader = JSONReader(
                    bytes: bytes, in: start..<position, repeatedKeys: repeatedKeys, greatestDepth: 1)
                key = Array(try reader.string().utf8)[...]
            }
            if keys.count > 16, known.isEmpty { known = Set(keys) }
            let isKnown = keys.count > 16 ? !known.insert(key).inserted : keys.contains(key)
            if isKnown {
                throw JSONFault(
                    "expected each key once, found `\(String(decoding: key, as: UTF8.self))` twice", at: start)
            }
            keys.append(key)
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("`:`") }
            try skip(depth: depth + 1)
        } while separator()
        guard take(UInt8(ascii: "}")) else { throw fault("`,` or `}`") }
    }

    private mutating func skipText() throws(JSONFault) {
        let start = position
        _ = take(UInt8(ascii: "\""))
        if passASCII(), take(UInt8(ascii: "\"")) { return }
        // What has escapes or other characters is read, to know that it can be.
        var reader = JSONReader(bytes: bytes, in: start..<end, repeatedKeys: repeatedKeys, greatestDepth: 1)
        _ = try reader.string()
        advance(to: reader.position)
    }

    /// Passes over the plain text; false where not all of it is ASCII.
    private mutating func passASCII() -> Bool {
        let start = position
        passPlainText()
        return bytes[start..<position].allSatisfy { $0 < 0x80 }
    }
}
