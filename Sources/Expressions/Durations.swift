import Values

extension Duration {
    /// The length as the language writes it: seconds with as many decimals as needed, as in `1.5s`.
    var expressionText: String {
        let fraction = Timestamp.fraction(Int32(nanosecondPart.magnitude))
        return (self < .zero ? "-" : "") + String(components.seconds.magnitude) + fraction + "s"
    }

    /// Reads `1h30m`, `-1.5s`, `20ms`; nil for anything else or out of range.
    init?(expressionText text: String) {
        var reader = DigitReader(text)
        let isNegative = reader.take("-")
        if !isNegative { _ = reader.take("+") }
        var total: Int64 = 0
        var isEmpty = true
        if text == "0" || text == "-0" || text == "+0" {
            self = .zero
            return
        }
        while !reader.isAtEnd {
            var whole: Int64 = 0
            var hasDigits = false
            while let digit = reader.digit() {
                let (scaled, overflow) = whole.multipliedReportingOverflow(by: 10)
                let (sum, carried) = scaled.addingReportingOverflow(Int64(digit))
                if overflow || carried { return nil }
                (whole, hasDigits) = (sum, true)
            }
            var fraction: Int32 = 0
            if reader.take(".") {
                if let digits = reader.fraction() { (fraction, hasDigits) = (digits, true) }
            }
            guard hasDigits, let unit = Self.unit(&reader) else { return nil }
            let (scaled, overflow) = whole.multipliedReportingOverflow(by: unit)
            let part = Int64(Double(fraction) / 1e9 * Double(unit))
            let exact = unit == 1_000_000_000 ? Int64(fraction) : part
            let (sum, carried) = scaled.addingReportingOverflow(exact)
            let (next, full) = total.addingReportingOverflow(sum)
            if overflow || carried || full { return nil }
            (total, isEmpty) = (next, false)
        }
        if isEmpty { return nil }
        self = .nanoseconds(isNegative ? -total : total)
    }

    private static func unit(_ reader: inout DigitReader) -> Int64? {
        if reader.take("h") { return 3_600_000_000_000 }
        if reader.take("s") { return 1_000_000_000 }
        if reader.take("m") { return reader.take("s") ? 1_000_000 : 60_000_000_000 }
        if reader.take("n") { return reader.take("s") ? 1 : nil }
        if reader.take("u") { return reader.take("s") ? 1000 : nil }
        if reader.next == 0xC2 || reader.next == 0xCE {
            // The micro sign U+00B5 or the Greek letter U+03BC.
            _ = reader.take("\u{C2}") || reader.take("\u{CE}")
            guard reader.take("\u{B5}") || reader.take("\u{BC}") else { return nil }
            return reader.take("s") ? 1000 : nil
        }
        return nil
    }
}
