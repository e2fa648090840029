import Values

/// The rules that a serial must pass, in their order: the first that it breaks is reported (sn-spec/1 §3).
public enum ValidityRule: String, Sendable, CaseIterable {
    case empty = "V1"
    case repeated = "V2"
    case dictionary = "V3"
    case phrase = "V4"
    case run = "V5"
    case short = "V6"
    case injected = "V7"
    case product = "V8"
    case long = "V9"

    /// What a value that breaks the rule is, in words.
    public var reason: String {
        switch self {
        case .empty: "it is empty"
        case .repeated: "it is one repeated character"
        case .dictionary: "it is a known placeholder"
        case .phrase: "it contains a phrase of placeholders"
        case .run: "it is a run of digits"
        case .short: "it has fewer than four letters and digits"
        case .injected: "it carries settings of a cloud or a boot loader"
        case .product: "it repeats the vendor, product, version or SKU"
        case .long: "it has more than 64 characters"
        }
    }

    static let phrases = [
        "tobefilled", "filledbyoem", "fillbyoem", "serialnumber", "notspecified", "notapplicable", "notavailable",
        "notpresent", "defaultstring", "badindex", "outofspec",
    ]
    static let injections = ["ds=nocloud", "http:", "$("]

    /// The first rule that a decoded serial breaks; nil when it is valid.
    ///
    /// - Parameters:
    ///   - dictionary: the known placeholders, with what the site adds and allows.
    ///   - names: vendor, product, version and SKU of the machine.
    public static func broken(
        by text: String, dictionary: PlaceholderDictionary, names: [String] = []
    ) -> ValidityRule? {
        let squashed = SerialText.squashed(text)
        let isAllowed = dictionary.allows(squashed)
        return allCases.first { rule in
            switch rule {
            case .empty: squashed.isEmpty
            case .repeated: !isAllowed && Set(squashed.utf8).count == 1
            case .dictionary: !isAllowed && dictionary.contains(squashed)
            case .phrase: !isAllowed && phrases.contains { squashed.contains($0) }
            case .run: !isAllowed && isRun(squashed)
            case .short: !isAllowed && squashed.utf8.count < 4
            case .injected: injections.contains { text.lowercased().contains($0) }
            case .product: !isAllowed && names.contains { SerialText.squashed($0) == squashed }
            case .long: text.utf8.count > 64
            }
        }
    }

    /// Whether it is five or more digits that count up or down, after an optional sn, sys, mb or bsn.
    static func isRun(_ squashed: String) -> Bool {
        let prefix = ["sn", "sys", "mb", "bsn"].first { squashed.hasPrefix($0) } ?? ""
        let digits = Array(squashed.utf8.dropFirst(prefix.utf8.count))
        guard digits.count >= 5, digits.allSatisfy({ $0.isASCIIDigit }) else { return false }
        func counts(by step: Int) -> Bool {
            zip(digits, digits.dropFirst()).allSatisfy { (Int($0) - 0x30 + step + 10) % 10 == Int($1) - 0x30 }
        }
        return counts(by: 1) || counts(by: -1)
    }
}
