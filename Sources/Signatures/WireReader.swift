/// The data types of the SSH protocol (RFC 4251 §5), each in its only form.
struct WireReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { rest = Array(bytes)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func number() -> UInt32? { bytes(4).map { $0.reduce(0) { $0 << 8 | UInt32($1) } } }

    mutating func string() -> [UInt8]? {
        guard let count = number() else { return nil }
        return bytes(Int(count))
    }

    /// A text of printable ASCII characters without blanks, such as the name of an algorithm.
    mutating func word() -> String? {
        guard let bytes = string(), !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A positive integer without needless zeros (mpint).
    mutating func positive() -> [UInt8]? {
        guard let bytes = string(), let first = bytes.first, first < 0x80 else { return nil }
        if first > 0 { return bytes }
        // A zero stands only in front of a set bit.
        guard bytes.count > 1, bytes[1] >= 0x80 else { return nil }
        return Array(bytes.dropFirst())
    }

    static func string(_ bytes: some Collection<UInt8>) -> [UInt8] {
        number(UInt32(truncatingIfNeeded: bytes.count)) + bytes
    }

    static func string(_ text: String) -> [UInt8] { string(Array(text.utf8)) }

    static func number(_ value: UInt32) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
}
