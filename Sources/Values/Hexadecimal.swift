extension UInt8 {
    /// The value of a hexadecimal digit of ASCII; nil for any other byte.
    public var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }

    /// Two hexadecimal digits in lower case.
    public var twoDigits: String { [self].hexadecimal }
}

extension Sequence<UInt8> {
    /// Two hexadecimal digits in lower case for each byte.
    public var hexadecimal: String { Array(self).hexadecimal }
}

extension [UInt8] {
    /// Two hexadecimal digits in lower case for each byte. Digests are shown often: generic code would cost four times as much.
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(count * 2)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads two hexadecimal digits for each byte; nil for any other text.
    public init?(hexadecimal text: some StringProtocol) {
        self = []
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = digit.hexadecimalValue else { return nil }
            if let first = high {
                append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        if high != nil { return nil }
    }
}
