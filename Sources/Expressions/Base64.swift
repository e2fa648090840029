/// The base64 encoding of bytes (RFC 4648 §4).
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits: UInt32 = 0
            for index in 0..<3 { bits = bits << 8 | UInt32(index < group.count ? group[start + index] : 0) }
            for index in 0..<4 {
                let digit = alphabet[Int(bits >> UInt32(18 - index * 6) & 63)]
                text.append(index <= group.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text, with or without padding; nil when it is not base64.
    static func decode(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var digits = 0
        let body = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        guard text.utf8.count - body.count <= 2 else { return nil }
        for byte in body {
            guard let value = value(of: byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            digits += 1
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        let padding = text.utf8.count - body.count
        guard digits % 4 != 1, padding == 0 || (digits + padding) % 4 == 0 else { return nil }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case 0x41...0x5A: UInt32(digit - 0x41)
        case 0x61...0x7A: UInt32(digit - 0x61) + 26
        case 0x30...0x39: UInt32(digit - 0x30) + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

extension Function {
    static let encoders: [Function] = [
        Function("base64.encode") { evaluation, arguments in
            guard arguments.count == 1, case .bytes(let bytes) = arguments[0] else { return nil }
            try evaluation.occupy(bytes.count * 2)
            return .string(Base64.encode(bytes))
        },
        Function("base64.decode") { evaluation, arguments in
            guard arguments.count == 1, case .string(let text) = arguments[0] else { return nil }
            try evaluation.occupy(text.utf8.count)
            guard let bytes = Base64.decode(text) else { throw Fault("a text that is no base64") }
            return .bytes(bytes)
        },
    ]
}
