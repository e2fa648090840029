/// Shell patterns (glob(7)) without character classes: `*` and `?` stop at a slash, `**` does not.
enum Glob {
    /// A pattern without a slash is compared with the last component, as in .gitignore files.
    static func matches(_ path: String, pattern: String) -> Bool {
        let subject = pattern.contains("/") ? path : String(path.split(separator: "/").last ?? "")
        return matches(Array(subject.unicodeScalars)[...], Array(pattern.unicodeScalars)[...])
    }

    private static func matches(_ text: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        switch first {
        case "*":
            let isDeep = pattern.dropFirst().first == "*"
            let rest = pattern.dropFirst(isDeep ? 2 : 1)
            var tail = text
            while true {
                if matches(tail, rest) { return true }
                guard let next = tail.first, isDeep || next != "/" else { return false }
                tail = tail.dropFirst()
            }
        case "?": return text.first.map { $0 != "/" } == true && matches(text.dropFirst(), pattern.dropFirst())
        default: return text.first == first && matches(text.dropFirst(), pattern.dropFirst())
        }
    }
}
