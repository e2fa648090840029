import Model

/// Reads what `ByteWriter` wrote. Anything else makes it broken, never crash.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var index = 0
    private var texts: [String] = []
    /// Whether something did not fit: nothing that was read counts.
    private(set) var isBroken = false

    /// Where streams are opened again; nil: there are none.
    private let site: (any SiteReader)?

    init(_ bytes: UnsafeRawBufferPointer, site: (any SiteReader)? = nil) {
        self.bytes = bytes
        self.site = site
    }

    /// Makes all that was read count for nothing.
    mutating func broken<Value>(_ value: Value) -> Value {
        isBroken = true
        return value
    }

    var isAtEnd: Bool { index == bytes.count }

    private mutating func byte() -> UInt8 {
        guard index < bytes.count else {
            isBroken = true
            return 0
        }
        index += 1
        return bytes[index - 1]
    }

    mutating func number() -> Int {
        var result: UInt64 = 0, shift: UInt64 = 0
        while shift < 64 {
            let next = byte()
            result |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return Int(Int64(bitPattern: result)) }
            shift += 7
        }
        isBroken = true
        return 0
    }

    /// A number of things that each take a byte at least.
    mutating func count() -> Int {
        let count = number()
        if count >= 0, count <= bytes.count - index { return count }
        isBroken = true
        return 0
    }

    private mutating func slice() -> UnsafeRawBufferPointer {
        let length = count()
        defer { index += length }
        return UnsafeRawBufferPointer(rebasing: bytes[index..<(index + length)])
    }

    mutating func data() -> [UInt8] { Array(slice()) }
    mutating func text() -> String { String(decoding: slice(), as: UTF8.self) }
    mutating func optionalText() -> String? { byte() == 1 ? text() : nil }

    mutating func sharedText() -> String {
        let number = number()
        if number == 0 {
            texts.append(text())
            return texts[texts.count - 1]
        }
        guard number > 0, number <= texts.count else {
            isBroken = true
            return ""
        }
        return texts[number - 1]
    }

    mutating func list() -> [String] {
        let count = count()
        if count == 0 { return [] }
        var list: [String] = []
        list.reserveCapacity(count)
        for _ in 0..<count where !isBroken { list.append(sharedText()) }
        return list
    }

    /// A content, and whether it is a secret, as a node at a place.
    mutating func node(at place: Place, depth: Int = 0) -> Node {
        if depth > 64 { isBroken = true }
        if isBroken { return Node(.null, at: place) }
        let tag = byte(), isSecret = tag & ByteWriter.secretMark != 0
        return Node(content(tag & ~ByteWriter.secretMark, at: place, depth), at: place, isSecret: isSecret)
    }

    private mutating func content(_ tag: UInt8, at place: Place, _ depth: Int) -> Node.Content {
        switch tag {
        case 0: return .null
        case 1: return .bool(false)
        case 2: return .bool(true)
        case 3: return .int(Int64(number()))
        case 4: return .double(Double(bitPattern: UInt64(bitPattern: Int64(number()))))
        case 5: return .string(text())
        case 6: return .bytes(data())
        case 7:
            var items: [Node] = []
            for _ in 0..<count() where !isBroken { items.append(node(at: place, depth: depth + 1)) }
            return .list(items)
        case 8:
            var entries: [Node.Entry] = []
            for _ in 0..<count() where !isBroken {
                let key = sharedText()
                entries.append(.init(key: key, keyPlace: place, value: node(at: place, depth: depth + 1)))
            }
            return .map(entries)
        case 9:
            let name = text(), byteCount = number(), digest = data()
            guard let site, byteCount >= 0, digest.count == 32 else {
                isBroken = true
                return .null
            }
            return .stream(ByteStream(name, byteCount: byteCount, sha256: digest, of: site))
        default:
            isBroken = true
            return .null
        }
    }
}
