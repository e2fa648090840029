/// The model of a processor by its tokens, without marks, clock and the vendor's words.
///
/// `Intel(R) Xeon(R) CPU E5-2630 v3 @ 2.40GHz` is the model `e5-2630 v3` of the families `xeon`; so `E5-2630` is another
/// one, as `9354P` is not `9354`.
struct ProcessorModel: Sendable, Hashable {
    /// What distinguishes it, in the order of the text.
    let tokens: [String]
    /// Words such as `gold`, of which a rule may say some.
    let families: Set<String>

    private static let vendorWords: Set<String> = [
        "intel", "amd", "cpu", "processor", "with", "radeon", "graphics", "genuine", "authenticamd", "genuineintel",
    ]
    private static let familyWords: Set<String> = [
        "xeon", "gold", "silver", "platinum", "bronze", "epyc", "core", "ryzen", "opteron", "pentium", "celeron",
        "atom",
        "threadripper", "pro", "ultra",
    ]

    /// - Returns: nil where nothing is left of a text.
    init?(_ text: String) {
        var rest = text.lowercased()
        for mark in ["(r)", "(tm)", "(c)", "\u{ae}", "\u{2122}"] { rest = rest.replacing(mark, with: " ") }
        if let clock = rest.firstIndex(of: "@") { rest = String(rest[..<clock]) }
        var tokens: [String] = [], families: Set<String> = []
        for word in rest.split(whereSeparator: { $0.isWhitespace || $0 == "," }).map(String.init) {
            if Self.vendorWords.contains(word) || Self.isRemark(word) { continue }
            if Self.familyWords.contains(word) { families.insert(word) } else { tokens.append(word) }
        }
        if tokens.isEmpty && families.isEmpty { return nil }
        self.tokens = tokens
        self.families = families
    }

    /// `16-core`, `2.40ghz`, `0`: what some firmware adds.
    private static func isRemark(_ word: String) -> Bool {
        if word == "0" { return true }
        if word.hasSuffix("-core") || word.hasSuffix("-cores") { return true }
        return (word.hasSuffix("ghz") || word.hasSuffix("mhz")) && word.first?.isNumber == true
    }

    /// Whether it is the model that a rule names.
    func isNamed(by rule: ProcessorModel) -> Bool {
        tokens == rule.tokens && rule.families.isSubset(of: families)
    }
}
