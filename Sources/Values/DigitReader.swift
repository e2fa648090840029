/// Reads fixed-width numbers from ASCII text.
public struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    public var isAtEnd: Bool { position == bytes.count }
    public var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    public mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard let next, UInt32(next) == scalar.value else { return false }
        position += 1
        return true
    }

    public mutating func digit() -> Int? {
        guard let next, next.isASCIIDigit else { return nil }
        position += 1
        return Int(next) - 0x30
    }

    public mutating func number(_ width: Int) -> Int? {
        var value = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// An offset from universal time as RFC 3339 writes it, in seconds: `Z` or `+01:00`.
    public mutating func offset() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }

    /// The digits of a decimal fraction as nanoseconds; further digits are dropped.
    public mutating func fraction() -> Int32? {
        var value: Int32 = 0
        var count = 0
        while let digit = digit() {
            if count < 9 { value = value * 10 + Int32(digit) }
            count += 1
        }
        guard count > 0 else { return nil }
        while count < 9 {
            value *= 10
            count += 1
        }
        return value
    }
}
