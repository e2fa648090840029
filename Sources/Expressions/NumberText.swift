/// The decimal text of doubles.
enum NumberText {
    /// The shortest digits that read back as the same double, `0.ddd` times ten to `point`.
    private static func shortest(_ value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point = 0
        var exponent = 0
        var seenPoint = false
        var text = Substring(value.magnitude.description)
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...]) ?? 0
            text = text[..<mark]
        }
        for byte in text.utf8 {
            if byte == UInt8(ascii: ".") {
                seenPoint = true
                continue
            }
            digits.append(byte)
            if !seenPoint { point += 1 }
        }
        let zeros = digits.prefix { $0 == 0x30 }.count
        digits.removeFirst(zeros)
        point += exponent - zeros
        while digits.last == 0x30 { digits.removeLast() }
        return digits.isEmpty ? ([0x30], 1) : (digits, point)
    }

    /// `NaN`, `Infinity` and `-Infinity`; nil for other values.
    static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        return value.isInfinite ? (value < 0 ? "-Infinity" : "Infinity") : nil
    }

    /// With as many digits as needed, and an exponent where the number is very small or large: `1.5`, `6.02214e+23`.
    static func general(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let (digits, point) = shortest(value)
        guard point - 1 < -4 || point - 1 >= max(digits.count, 21) else { return plain(value) }
        return sign(value) + scientific(digits, exponent: point - 1)
    }

    /// Without an exponent, with as many digits as needed.
    static func plain(_ value: Double) -> String {
        if let special = special(value) { return special }
        let (digits, point) = shortest(value)
        return sign(value) + placed(digits, point: point)
    }

    private static func sign(_ value: Double) -> String { value.sign == .minus ? "-" : "" }

    private static func placed(_ digits: [UInt8], point: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + text }
        if point >= digits.count { return text + String(repeating: "0", count: point - digits.count) }
        return text.prefix(point) + "." + text.dropFirst(point)
    }

    private static func scientific(_ digits: [UInt8], exponent: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        let mantissa = digits.count == 1 ? text : text.prefix(1) + "." + text.dropFirst()
        let magnitude = exponent.magnitude
        return mantissa + (exponent < 0 ? "e-" : "e+") + (magnitude < 10 ? "0" : "") + String(magnitude)
    }

    /// All decimal digits of a finite double, exactly; the decimal point stands after `point` digits.
    private static func exact(_ value: Double) -> (digits: [UInt8], point: Int) {
        guard value != 0 else { return ([0x30], 1) }
        let bits = value.magnitude.bitPattern
        let field = Int(bits >> 52)
        let fraction = bits & (1 << 52 - 1)
        let significand = field == 0 ? fraction : fraction | 1 << 52
        let exponent = max(field, 1) - 1075
        // m·2^-k is m·5^k shifted by k decimal places, so whole-number arithmetic is enough.
        var limbs: [UInt64] = [significand % 1_000_000_000, significand / 1_000_000_000]
        for _ in 0..<exponent.magnitude {
            var carry: UInt64 = 0
            for index in limbs.indices {
                let product = limbs[index] * (exponent < 0 ? 5 : 2) + carry
                limbs[index] = product % 1_000_000_000
                carry = product / 1_000_000_000
            }
            if carry > 0 { limbs.append(carry) }
        }
        var text = ""
        for limb in limbs.reversed() {
            let part = String(limb)
            text += text.isEmpty ? part : String(repeating: "0", count: 9 - part.count) + part
        }
        var digits = Array(text.utf8.drop { $0 == 0x30 })
        if digits.isEmpty { digits = [0x30] }
        return (digits, digits.count - (exponent < 0 ? -exponent : 0))
    }

    /// The first `count` digits, rounded to the nearest and a half to even; a carry may move the point.
    private static func rounded(_ digits: [UInt8], point: Int, count: Int) -> (digits: [UInt8], point: Int) {
        guard count < digits.count else { return (digits, point) }
        guard count >= 0 else { return ([], point) }
        var kept = Array(digits[..<count])
        let rest = digits[count...]
        let isHalf = rest.first == 0x35 && rest.dropFirst().allSatisfy { $0 == 0x30 }
        let isUp = isHalf ? (kept.last ?? 0x30) % 2 == 1 : (rest.first ?? 0x30) >= 0x35
        guard isUp else { return (kept, point) }
        var index = count - 1
        while index >= 0 {
            if kept[index] < 0x39 {
                kept[index] += 1
                return (kept, point)
            }
            kept[index] = 0x30
            index -= 1
        }
        return ([0x31] + kept, point + 1)
    }

    /// As C's `%.nf`.
    static func fixed(_ value: Double, precision: Int) -> String {
        if let special = special(value) { return special }
        let (all, start) = exact(value)
        let (digits, point) = rounded(all, point: start, count: start + precision)
        let padded = Array(repeating: UInt8(0x30), count: max(0, 1 - point)) + digits
        let place = max(point, 1)
        var text = String(decoding: padded, as: UTF8.self)
        text += String(repeating: "0", count: max(0, place + precision - padded.count))
        let whole = String(text.prefix(place))
        return sign(value) + whole + (precision > 0 ? "." + text.dropFirst(place).prefix(precision) : "")
    }

    /// As C's `%.ne`.
    static func scientific(_ value: Double, precision: Int) -> String {
        if let special = special(value) { return special }
        let (all, start) = exact(value)
        var (digits, point) = rounded(all, point: start, count: precision + 1)
        digits = Array(digits.prefix(precision + 1))
        digits += Array(repeating: 0x30, count: precision + 1 - digits.count)
        return sign(value) + scientific(digits, exponent: value == 0 ? 0 : point - 1)
    }
}
