import Model

/// Writes numbers, texts and node contents in the form that `ByteReader` reads.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []
    private var texts: [String: Int] = [:]

    /// LEB128, seven bits in a byte.
    mutating func write(_ number: Int) {
        var rest = UInt64(bitPattern: Int64(number))
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func write(_ data: [UInt8]) {
        write(data.count)
        bytes += data
    }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes += text.utf8
    }

    mutating func write(_ text: String?) {
        bytes.append(text == nil ? 0 : 1)
        if let text { write(text) }
    }

    /// A text that comes often: written once, then named by its number.
    mutating func writeShared(_ text: String) {
        if let number = texts[text] { return write(number + 1) }
        texts[text] = texts.count
        write(0)
        write(text)
    }

    mutating func write(_ list: [String]) {
        write(list.count)
        for text in list { writeShared(text) }
    }

    /// A content, and whether it is a secret, with what is in it.
    mutating func write(_ node: Node) {
        let start = bytes.count
        write(node.content)
        if node.isSecret { bytes[start] |= Self.secretMark }
    }

    /// The bit of a content's first byte that says it is a secret.
    static let secretMark: UInt8 = 0x80

    private mutating func write(_ content: Node.Content) {
        switch content {
        case .null, .unknown: bytes.append(0)
        case .bool(let value): bytes.append(value ? 2 : 1)
        case .int(let value):
            bytes.append(3)
            write(Int(value))
        case .double(let value):
            bytes.append(4)
            write(Int(Int64(bitPattern: value.bitPattern)))
        case .string(let text), .scalar(let text, _):
            bytes.append(5)
            write(text)
        case .bytes(let data):
            bytes.append(6)
            write(data)
        case .stream(let stream):
            bytes.append(9)
            write(stream.name)
            write(stream.byteCount)
            write(stream.sha256)
        case .list(let items):
            bytes.append(7)
            write(items.count)
            for item in items { write(item) }
        case .map(let entries):
            bytes.append(8)
            write(entries.count)
            for entry in entries {
                writeShared(entry.key)
                write(entry.value)
            }
        }
    }
}
