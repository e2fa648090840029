/// The base64 encoding of bytes (RFC 4648 §4).
public enum Base64 {
    /// Which texts a reader takes.
    public enum Form: Sendable {
        /// With padding, and no bits set in what is left over: one text for each sequence of bytes.
        case padded
        /// As `padded`, without the padding: the form of age's headers.
        case unpadded
        /// With or without padding, also in the alphabet for URLs (RFC 4648 §5), whatever is left over.
        case lenient
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    public static func text(of bytes: some Sequence<UInt8>, isPadded: Bool = true) -> String {
        var text: [UInt8] = [], bits: UInt32 = 0, count: UInt32 = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(alphabet[Int(bits >> count & 63)])
            }
        }
        if count > 0 { text.append(alphabet[Int(bits << (6 - count) & 63)]) }
        while isPadded, text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Returns: nil for a text of another form.
    public static func bytes(of text: some Collection<UInt8>, _ form: Form = .padded) -> [UInt8]? {
        let digits = text.prefix { $0 != UInt8(ascii: "=") }, padding = text.count - digits.count
        guard padding <= 2, text.dropFirst(digits.count).allSatisfy({ $0 == UInt8(ascii: "=") }), digits.count % 4 != 1
        else { return nil }
        switch form {
        case .padded: guard text.count % 4 == 0 else { return nil }
        case .unpadded: guard padding == 0 else { return nil }
        case .lenient: guard padding == 0 || text.count % 4 == 0 else { return nil }
        }
        var bytes: [UInt8] = [], bits: UInt32 = 0, count: UInt32 = 0
        for digit in digits {
            guard let value = value(of: digit, form) else { return nil }
            bits = bits << 6 | value
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return form == .lenient || bits & (1 << count - 1) == 0 ? bytes : nil
    }

    private static func value(of digit: UInt8, _ form: Form) -> UInt32? {
        switch digit {
        case 0x41...0x5A: UInt32(digit - 0x41)
        case 0x61...0x7A: UInt32(digit - 0x61) + 26
        case 0x30...0x39: UInt32(digit - 0x30) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        case UInt8(ascii: "-") where form == .lenient: 62
        case UInt8(ascii: "_") where form == .lenient: 63
        default: nil
        }
    }
}
