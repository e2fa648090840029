/// Headers of plain files as ustar has them (POSIX.1-1988, tar(5)); GNU tar writes the same bytes for
/// `--format=ustar --owner=0 --group=0 --numeric-owner`.
extension TarHeader {
    /// The bytes of a block.
    public static let blockSize = 512
    /// The first size and the first time, in seconds since 1970, for which ustar has no digits.
    public static let endOfNumbers = 1 << 33

    /// The header of a file that is root's.
    ///
    /// - Parameters:
    ///   - name: at most 255 bytes, of which ustar can part the last 100 at a slash.
    ///   - time: seconds since 1970.
    /// - Returns: nil for what ustar cannot say.
    public static func block(ofFile name: [UInt8], mode: Int, byteCount: Int, time: Int) -> [UInt8]? {
        guard let (prefix, last) = split(name), (0..<endOfNumbers).contains(byteCount),
            (0..<endOfNumbers).contains(time)
        else { return nil }
        var block = [UInt8](repeating: 0, count: blockSize)
        func put(_ bytes: some Sequence<UInt8>, at offset: Int) {
            for (index, byte) in bytes.enumerated() { block[offset + index] = byte }
        }
        put(last, at: 0)
        put(digits(mode, 7), at: 100)
        for offset in [108, 116, 329, 337] { put(digits(0, 7), at: offset) }
        put(digits(byteCount, 11), at: 124)
        put(digits(time, 11), at: 136)
        put(repeatElement(UInt8(ascii: " "), count: 8), at: 148)
        block[156] = UInt8(ascii: "0")
        put("ustar\0".utf8, at: 257)
        put("00".utf8, at: 263)
        put(prefix, at: 345)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(digits(sum, 6), at: 148)
        put([0, UInt8(ascii: " ")], at: 154)
        return block
    }

    /// How many zeros follow so many bytes, up to the next block.
    public static func padding(after byteCount: Int) -> Int { (blockSize - byteCount % blockSize) % blockSize }

    private static func digits(_ number: Int, _ width: Int) -> [UInt8] {
        let text = String(number, radix: 8)
        return Array(String(repeating: "0", count: max(0, width - text.utf8.count)).utf8) + Array(text.utf8)
    }

    /// Parts a long name at the last slash that leaves a prefix of at most 155 bytes, as GNU tar does.
    private static func split(_ name: [UInt8]) -> (prefix: ArraySlice<UInt8>, last: ArraySlice<UInt8>)? {
        if name.isEmpty { return nil }
        if name.count <= 100 { return ([], name[...]) }
        guard let slash = name.prefix(156).lastIndex(of: UInt8(ascii: "/")), slash > 0 else { return nil }
        let last = name[(slash + 1)...]
        return (1...100).contains(last.count) ? (name[..<slash], last) : nil
    }
}
