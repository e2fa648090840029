import Values

/// The forms in which texts of firmware and of people are compared.
enum Normal {
    /// Lower case, with one blank between words.
    static func words(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Letters and digits in lower case, without blanks, `0x`, `naa.`, `eui.`.
    static func serial(_ text: String) -> String {
        var rest = text.lowercased().filter { !$0.isWhitespace }[...]
        for prefix in ["0x", "naa.", "eui.", "uuid.", "wwn-0x"] where rest.hasPrefix(prefix) {
            rest = rest.dropFirst(prefix.count)
        }
        return String(rest)
    }

    /// 32 hexadecimal digits; nil for anything else, and for the nil UUID and its inverse.
    static func uuid(_ text: String) -> String? {
        let digits = text.filter { !$0.isWhitespace && $0 != "{" && $0 != "}" }
        guard let uuid = HardwareUUID(text: digits, isSwapped: false), Set(uuid.raw.hexadecimal.utf8).count > 1 else {
            return nil
        }
        return uuid.raw.hexadecimal
    }

    /// The same bytes with the first three fields in the other order.
    static func otherOrder(ofUUID digits: String) -> String? {
        HardwareUUID(text: digits, isSwapped: false)?.otherOrder.hexadecimal
    }

    /// Six bytes, whatever stands between them.
    static func address(_ text: String) -> String? {
        let digits = text.lowercased().filter { ![":", "-", "."].contains($0) && !$0.isWhitespace }
        guard let bytes = [UInt8](hexadecimal: digits), bytes.count == 6 else { return nil }
        return bytes.hexadecimal
    }

    /// Megabits a second of `25G`, `2.5G`, `100M`, `1000`.
    static func megabits(_ text: String) -> UInt64? {
        var rest = text.trimmed.uppercased()[...]
        for suffix in ["BIT/S", "BPS", "B/S"] where rest.hasSuffix(suffix) { rest = rest.dropLast(suffix.count) }
        guard let unit = rest.last, let factor = ["G": 1000.0, "M": 1.0, "T": 1_000_000.0][unit] else {
            return UInt64(rest)
        }
        guard let number = Double(rest.dropLast()), number > 0, number < 1_000_000 else { return nil }
        return UInt64(exactly: (number * factor).rounded())
    }

    /// A maker without punctuation and legal form, and by the name that stands for all of its names; nil without letters.
    static func vendor(_ text: String) -> String? {
        let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        if words.isEmpty { return nil }
        var kept = words[...]
        while kept.count > 1, let last = kept.last, VendorNames.legalForms.contains(last) { kept = kept.dropLast() }
        let name = kept.joined(separator: " ")
        return VendorNames.aliases[name] ?? name
    }
}
