/// A parsed pattern.
indirect enum PatternTree {
    case empty
    case scalar(UInt32)
    case set(ScalarSet)
    case assertion(Assertion)
    case sequence([PatternTree])
    case alternatives([PatternTree])
    case repetition(PatternTree, least: Int, most: Int?, greedy: Bool)
    case group(PatternTree, number: Int)
}

/// A condition on a place in the text that takes no characters.
enum Assertion {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// A set of Unicode scalars: ranges, general categories, and their complement.
struct ScalarSet {
    private(set) var ranges: [ClosedRange<UInt32>] = []
    private var categories: UInt32 = 0
    private var ascii: (UInt64, UInt64) = (0, 0)
    private var isComplement = false

    mutating func insert(_ range: ClosedRange<UInt32>) {
        ranges.append(range)
        guard range.lowerBound < 128 else { return }
        for scalar in range.lowerBound...min(range.upperBound, 127) { setASCII(scalar) }
    }

    mutating func insert(_ other: ScalarSet) {
        guard other.isComplement else {
            other.ranges.forEach { insert($0) }
            insertCategories(other.categories)
            return
        }
        guard other.categories == 0 else {
            insertCategories(~other.categories & Self.allCategories)
            return
        }
        var next: UInt32 = 0
        for range in other.ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { insert(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { insert(next...0x10FFFF) }
    }

    mutating func insertCategories(_ mask: UInt32) {
        guard mask != 0 else { return }
        categories |= mask
        for scalar in UInt32(0)..<128 where Self.category(of: scalar) & mask != 0 { setASCII(scalar) }
    }

    /// Adds the other case of every member; ranges above 4,096 scalars get only the Latin letters.
    mutating func foldCase() {
        for range in ranges {
            let letters = range.count > 4096 ? range.clamped(to: 0...0x7F) : range
            guard range.overlaps(letters) else { continue }
            for scalar in letters { Self.otherCases(of: scalar).forEach { insert($0...$0) } }
        }
        let cased = Self.mask("Lu") | Self.mask("Ll") | Self.mask("Lt")
        if categories & cased != 0 { insertCategories(cased) }
    }

    mutating func complement() { isComplement.toggle() }

    /// Sorts and joins the ranges; call once, when the set is complete.
    mutating func normalise() {
        var joined: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, range.lowerBound <= last.upperBound &+ 1 {
                joined[joined.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                joined.append(range)
            }
        }
        ranges = joined
    }

    private mutating func setASCII(_ scalar: UInt32) {
        if scalar < 64 { ascii.0 |= 1 << UInt64(scalar) } else { ascii.1 |= 1 << UInt64(scalar - 64) }
    }

    @inline(__always)
    func contains(_ scalar: UInt32) -> Bool {
        if scalar < 64 { return (ascii.0 >> UInt64(scalar) & 1 == 1) != isComplement }
        if scalar < 128 { return (ascii.1 >> UInt64(scalar - 64) & 1 == 1) != isComplement }
        return containsBeyondASCII(scalar) != isComplement
    }

    private func containsBeyondASCII(_ scalar: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar { low = middle + 1 } else { high = middle }
        }
        if low < ranges.count, ranges[low].contains(scalar) { return true }
        return categories != 0 && Self.category(of: scalar) & categories != 0
    }
}

extension ScalarSet {
    /// Unicode general categories in the order of their bits (UAX #44, table 12).
    static let categoryNames = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
    ]
    static let allCategories: UInt32 = (1 << 30) - 1

    /// The bits of a category (`Lu`) or a group of categories (`L`); 0 for an unknown name.
    static func mask(_ name: String) -> UInt32 {
        if name == "Any" { return allCategories }
        guard name.count == 1 || name.count == 2 else { return 0 }
        var mask: UInt32 = 0
        for (bit, category) in categoryNames.enumerated() where category.hasPrefix(name) { mask |= 1 << UInt32(bit) }
        return mask
    }

    static func category(of scalar: UInt32) -> UInt32 {
        guard let scalar = Unicode.Scalar(scalar) else { return 0 }
        let bit: UInt32 =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter: 0
            case .lowercaseLetter: 1
            case .titlecaseLetter: 2
            case .modifierLetter: 3
            case .otherLetter: 4
            case .nonspacingMark: 5
            case .spacingMark: 6
            case .enclosingMark: 7
            case .decimalNumber: 8
            case .letterNumber: 9
            case .otherNumber: 10
            case .connectorPunctuation: 11
            case .dashPunctuation: 12
            case .openPunctuation: 13
            case .closePunctuation: 14
            case .initialPunctuation: 15
            case .finalPunctuation: 16
            case .otherPunctuation: 17
            case .mathSymbol: 18
            case .currencySymbol: 19
            case .modifierSymbol: 20
            case .otherSymbol: 21
            case .spaceSeparator: 22
            case .lineSeparator: 23
            case .paragraphSeparator: 24
            case .control: 25
            case .format: 26
            case .surrogate: 27
            case .privateUse: 28
            case .unassigned: 29
            @unknown default: 29
            }
        return 1 << bit
    }

    /// The scalars that simple case folding makes equal to this one, without itself.
    static func otherCases(of value: UInt32) -> [UInt32] {
        switch value {
        case 0x41...0x5A, 0x61...0x7A:
            let other = value ^ 0x20
            if other | 0x20 == 0x6B { return [other, 0x212A] }
            if other | 0x20 == 0x73 { return [other, 0x17F] }
            return [other]
        case 0x212A: return [0x4B, 0x6B]
        case 0x17F: return [0x53, 0x73]
        case 0..<128: return []
        default: break
        }
        guard let scalar = Unicode.Scalar(value) else { return [] }
        let forms = [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping]
        return forms.compactMap { form in
            let scalars = form.unicodeScalars
            guard let only = scalars.first, scalars.count == 1, only.value != value else { return nil }
            return only.value
        }
    }
}
