extension PatternParser {
    /// The escape after a backslash outside a class.
    mutating func escape(from start: Int) throws(RegularExpressionError) -> PatternTree {
        guard let scalar = next else { throw RegularExpressionError("a backslash at the end", at: start) }
        switch scalar {
        case "A", "z", "b", "B":
            position += 1
            return .assertion(Self.assertion(scalar))
        case "1"..."9" where !("0"..."7" ~= (peek(1) ?? "x")):
            throw RegularExpressionError(
                "backreferences are not supported", at: start, hint: "matching is linear in time")
        default: break
        }
        if let set = try classEscape(from: start) { return .set(set) }
        return literal(try scalarEscape(from: start))
    }

    private static func assertion(_ letter: Unicode.Scalar) -> Assertion {
        switch letter {
        case "A": .textStart
        case "z": .textEnd
        case "b": .wordBoundary
        default: .noWordBoundary
        }
    }

    /// `\d \w \s \pL` and their complements; nil when the escape is something else.
    private mutating func classEscape(from start: Int) throws(RegularExpressionError) -> ScalarSet? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "d", "D", "w", "W", "s", "S":
            position += 1
            return Self.perlClass(scalar)
        case "p", "P":
            position += 1
            return try categoryEscape(isComplement: scalar == "P", from: start)
        default: return nil
        }
    }

    private static func perlClass(_ letter: Unicode.Scalar) -> ScalarSet {
        var set = ScalarSet()
        switch letter {
        case "d", "D": set.insert(0x30...0x39)
        case "s", "S":
            for range in [UInt32(0x09)...0x0A, 0x0C...0x0D, 0x20...0x20] { set.insert(range) }
        default:
            for range in [UInt32(0x30)...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A] { set.insert(range) }
        }
        set.normalise()
        if letter.properties.isUppercase { set.complement() }
        return set
    }

    private mutating func categoryEscape(isComplement: Bool, from start: Int) throws(RegularExpressionError)
        -> ScalarSet
    {
        var name = ""
        var isComplement = isComplement
        if take("{") {
            if take("^") { isComplement.toggle() }
            while let scalar = next, scalar != "}" {
                name.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw RegularExpressionError("'{' without '}'", at: start) }
        } else if let scalar = next {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        let mask = ScalarSet.mask(name)
        guard mask != 0 else {
            throw RegularExpressionError(
                "unknown Unicode category '\(name)'", at: start,
                hint: "a general category such as L, Lu, N, Nd, P, S, Z")
        }
        var set = ScalarSet()
        set.insertCategories(mask)
        if flags.ignoresCase { set.foldCase() }
        if isComplement { set.complement() }
        return set
    }

    /// The one scalar that an escape stands for.
    private mutating func scalarEscape(from start: Int) throws(RegularExpressionError) -> UInt32 {
        guard let scalar = next else { throw RegularExpressionError("a backslash at the end", at: start) }
        position += 1
        switch scalar {
        case "a": return 0x07
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "v": return 0x0B
        case "0"..."7":
            var value = scalar.value - 48
            for _ in 0..<2 {
                guard let digit = next, "0"..."7" ~= digit else { break }
                value = value * 8 + digit.value - 48
                position += 1
            }
            return value
        case "x": return try hexEscape(from: start)
        default:
            let isLetter = scalar.value < 128 && (scalar.properties.isAlphabetic || "0"..."9" ~= scalar)
            guard !isLetter, scalar.value < 128 else {
                throw RegularExpressionError("unknown escape '\\\(scalar)'", at: start)
            }
            return scalar.value
        }
    }

    private mutating func hexEscape(from start: Int) throws(RegularExpressionError) -> UInt32 {
        var digits = ""
        if take("{") {
            while let scalar = next, scalar != "}" {
                digits.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw RegularExpressionError("'{' without '}'", at: start) }
        } else {
            for _ in 0..<2 {
                guard let scalar = next else { break }
                digits.unicodeScalars.append(scalar)
                position += 1
            }
            if digits.count != 2 { digits = "" }
        }
        guard let value = UInt32(digits, radix: 16), !digits.hasPrefix("+"), Unicode.Scalar(value) != nil else {
            throw RegularExpressionError("expected hexadecimal digits after '\\x'", at: start)
        }
        return value
    }

    /// A bracketed class; the opening bracket is already taken.
    mutating func characterClass(from start: Int) throws(RegularExpressionError) -> ScalarSet {
        var set = ScalarSet()
        let isComplement = take("^")
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            if scalar == "[", peek(1) == ":", let named = try namedClass() {
                set.insert(named)
                continue
            }
            let itemStart = position
            if scalar == "\\" {
                position += 1
                if let escaped = try classEscape(from: itemStart) {
                    set.insert(escaped)
                    continue
                }
                position = itemStart
            }
            let lower = try classScalar()
            guard next == "-", let after = peek(1), after != "]" else {
                set.insert(lower...lower)
                continue
            }
            position += 1
            let upper = try classScalar()
            guard lower <= upper else {
                throw RegularExpressionError("a range that ends below its beginning", at: itemStart)
            }
            set.insert(lower...upper)
        }
        guard take("]") else { throw RegularExpressionError("'[' without ']'", at: start) }
        if flags.ignoresCase { set.foldCase() }
        set.normalise()
        if isComplement { set.complement() }
        return set
    }

    private mutating func classScalar() throws(RegularExpressionError) -> UInt32 {
        let start = position
        guard let scalar = next else { throw RegularExpressionError("'[' without ']'", at: start) }
        position += 1
        return scalar == "\\" ? try scalarEscape(from: start) : scalar.value
    }

    private mutating func namedClass() throws(RegularExpressionError) -> ScalarSet? {
        let start = position
        var cursor = position + 2
        var name = ""
        while cursor < text.count, text[cursor] != ":", text[cursor] != "]" {
            name.unicodeScalars.append(text[cursor])
            cursor += 1
        }
        guard cursor + 1 < text.count, text[cursor] == ":", text[cursor + 1] == "]" else { return nil }
        let isComplement = name.hasPrefix("^")
        guard let ranges = Self.namedClasses[isComplement ? String(name.dropFirst()) : name] else {
            throw RegularExpressionError("unknown class '[:\(name):]'", at: start)
        }
        position = cursor + 2
        var set = ScalarSet()
        ranges.forEach { set.insert($0) }
        set.normalise()
        if isComplement { set.complement() }
        return set
    }

    private static let namedClasses: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "alpha": [0x41...0x5A, 0x61...0x7A],
        "ascii": [0x00...0x7F],
        "blank": [0x09...0x09, 0x20...0x20],
        "cntrl": [0x00...0x1F, 0x7F...0x7F],
        "digit": [0x30...0x39],
        "graph": [0x21...0x7E],
        "lower": [0x61...0x7A],
        "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "space": [0x09...0x0D, 0x20...0x20],
        "upper": [0x41...0x5A],
        "word": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]
}
