import Values

/// What is expected of one property.
struct AssetRule: Sendable, Hashable {
    enum Test: Sendable, Hashable {
        case exact(AssetValue)
        case least(AssetValue)
        case oneOf([AssetValue])
        /// Within so many percent either way.
        case near(AssetValue, percent: Double)
        case ignored
    }

    let test: Test

    /// As a person reads it.
    var shown: String {
        switch test {
        case .exact(let value): value.shown
        case .least(let value): "at least \(value.shown)"
        case .oneOf(let values): "one of \(values.map(\.shown).joined(separator: ", "))"
        case .near(let value, let percent): "\(value.shown) +- \(Node.canonicalText(of: percent))%"
        case .ignored: "anything"
        }
    }

    /// Whether a value of the machine is what is expected.
    func holds(for found: AssetValue, _ kind: AssetKind) -> Bool {
        switch test {
        case .exact(let value): Self.isSame(value, found, kind)
        case .oneOf(let values): values.contains { Self.isSame($0, found, kind) }
        case .least(let value): Self.isOrdered(value, found, kind)
        case .near(let value, let percent): Self.isNear(value, found, percent)
        case .ignored: true
        }
    }

    private static func isSame(_ value: AssetValue, _ found: AssetValue, _ kind: AssetKind) -> Bool {
        switch (value.content, found.content) {
        case (.size(let rule), .size(let size)): rule.isSize(ofDisk: size.bytes)
        case (.processor(let rule), .processor(let model)): model.isNamed(by: rule)
        case (.text(let rule), .text(let text)):
            switch kind {
            case .uuid: rule == text || Normal.otherOrder(ofUUID: rule) == text
            case .version: VersionOrder.compare(rule, text) == 0
            default: rule == text
            }
        default: value.content == found.content
        }
    }

    private static func isOrdered(_ least: AssetValue, _ found: AssetValue, _ kind: AssetKind) -> Bool {
        switch (least.content, found.content) {
        case (.number(let least), .number(let number)): number >= least
        case (.size(let least), .size(let size)): size.bytes >= least.bytes || least.isSize(ofDisk: size.bytes)
        case (.text(let least), .text(let text)): VersionOrder.compare(text, least) >= 0
        default: false
        }
    }

    private static func isNear(_ value: AssetValue, _ found: AssetValue, _ percent: Double) -> Bool {
        func isNear(_ expected: UInt64, _ found: UInt64) -> Bool {
            abs(Double(expected) - Double(found)) <= Double(expected) * percent / 100
        }
        switch (value.content, found.content) {
        case (.number(let value), .number(let number)): return isNear(value, number)
        case (.size(let value), .size(let size)): return isNear(value.bytes, size.bytes)
        default: return false
        }
    }
}

/// The order of versions of firmware: runs of digits are numbers, everything else is text.
enum VersionOrder {
    /// Negative, zero or positive, as the first is before, the same as, or after the second. `1.9` is before `1.10`.
    static func compare(_ first: String, _ second: String) -> Int {
        let (left, right) = (parts(of: first), parts(of: second))
        for (one, other) in zip(left, right) where one != other {
            if let number = UInt64(one), let another = UInt64(other) {
                if number != another { return number < another ? -1 : 1 }
            } else {
                return one < other ? -1 : 1
            }
        }
        return left.count - right.count
    }

    private static func parts(of text: String) -> [String] {
        var parts: [String] = [], run = "", isNumber = false
        for character in text.lowercased() {
            let isDigit = character.isASCII && character.isNumber
            if !isDigit && !character.isLetter || isDigit != isNumber, !run.isEmpty {
                parts.append(run)
                run = ""
            }
            isNumber = isDigit
            if isDigit || character.isLetter { run.append(character) }
        }
        return run.isEmpty ? parts : parts + [run]
    }
}
