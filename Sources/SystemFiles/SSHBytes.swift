/// The data types of the SSH protocol (RFC 4251 §5), read one after the other.
struct SSHBytes {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// A length in four bytes and so many bytes; nil, and nothing read, where there are fewer.
    mutating func string() -> ArraySlice<UInt8>? {
        let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard rest.count >= 4, rest.count - 4 >= count else { return nil }
        let bytes = rest.dropFirst(4).prefix(count)
        rest = rest.dropFirst(4 + count)
        return bytes
    }

    mutating func text() -> String? { string().map { String(decoding: $0, as: UTF8.self) } }

    mutating func number(_ byteCount: Int) -> UInt64? {
        guard rest.count >= byteCount else { return nil }
        defer { rest = rest.dropFirst(byteCount) }
        return rest.prefix(byteCount).reduce(0) { $0 << 8 | UInt64($1) }
    }

    static func string(_ bytes: [UInt8]) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
    }
}
