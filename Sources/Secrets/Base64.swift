/// Base 64 in the standard alphabet without padding, as age writes it (RFC 4648 §4).
enum Base64 {
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = [], buffer = 0, bitCount = 0
        for byte in bytes {
            buffer = (buffer << 8 | Int(byte)) & 0x3FFF
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(digits[buffer >> bitCount & 63])
            }
        }
        if bitCount > 0 { text.append(digits[buffer << (6 - bitCount) & 63]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for other characters and for bits left over that are not zero.
    static func decoded(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = [], buffer = 0, bitCount = 0
        for digit in text {
            guard let value = value(of: digit) else { return nil }
            buffer = (buffer << 6 | value) & 0x3FFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(buffer >> bitCount & 255))
            }
        }
        return bitCount < 6 && buffer & (1 << bitCount - 1) == 0 ? bytes : nil
    }

    private static func value(of digit: UInt8) -> Int? {
        switch digit {
        case 0x41...0x5A: Int(digit) - 0x41
        case 0x61...0x7A: Int(digit) - 0x61 + 26
        case 0x30...0x39: Int(digit) - 0x30 + 52
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
