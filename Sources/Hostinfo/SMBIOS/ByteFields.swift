/// Bytes whose fields are read by offset, little-endian; what lies beyond the end is nil.
struct ByteFields: Sendable, Hashable {
    let all: [UInt8]

    init(_ bytes: [UInt8]) {
        all = bytes
    }

    var count: Int { all.count }

    func byte(_ offset: Int) -> UInt8? { all.indices.contains(offset) ? all[offset] : nil }

    func word(_ offset: Int) -> UInt16? {
        guard let low = byte(offset), let high = byte(offset &+ 1) else { return nil }
        return UInt16(low) | UInt16(high) << 8
    }

    func doubleWord(_ offset: Int) -> UInt32? {
        guard let low = word(offset), let high = word(offset &+ 2) else { return nil }
        return UInt32(low) | UInt32(high) << 16
    }

    func slice(_ offset: Int, count: Int) -> [UInt8]? {
        guard offset >= 0, count >= 0, offset <= all.count, count <= all.count - offset else { return nil }
        return Array(all[offset..<(offset + count)])
    }

    func starts(with text: StaticString) -> Bool {
        all.starts(with: text.withUTF8Buffer { Array($0) })
    }
}
