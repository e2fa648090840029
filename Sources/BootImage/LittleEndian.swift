/// Numbers of a file as ELF and PE write them on the machines that are booted here: the lowest byte first.
struct LittleEndian {
    let bytes: [UInt8]

    /// A number of at most eight bytes; nil where the file ends before it, or it does not fit.
    func number(at offset: Int, count: Int) -> Int? {
        guard offset >= 0, count <= 8, offset <= bytes.count - count else { return nil }
        var value: UInt64 = 0
        for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
        return Int(exactly: value)
    }

    /// The bytes up to the next zero: a name, and no more than 256 of them.
    func text(at offset: Int) -> String? {
        guard offset >= 0, offset < bytes.count, let end = bytes[offset...].prefix(256).firstIndex(of: 0) else {
            return nil
        }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }
}
