/// Bytes as the characters of ASCII.
extension UInt8 {
    @inlinable public var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }
    @inlinable public var isASCIILetter: Bool { self | 0x20 >= 0x61 && self | 0x20 <= 0x7A }
    /// Whether the byte is a letter or digit.
    @inlinable public var isASCIIWord: Bool { isASCIILetter || isASCIIDigit }
}
