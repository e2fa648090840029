/// Finds the name that was meant.
public enum Spelling {
    /// A hint for an unknown name: the nearest allowed one within two edits, else all that are allowed.
    public static func hint(for name: String, among allowed: [String]) -> String? {
        let near = allowed.map { ($0, distance(name, $0)) }.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }
        if let near { return "did you mean `\(near.0)`?" }
        guard !allowed.isEmpty else { return nil }
        let shown = allowed.sorted().prefix(40).joined(separator: ", ")
        return "allowed: \(shown)" + (allowed.count > 40 ? ", ..." : "")
    }

    /// The Levenshtein distance: insertions, deletions and substitutions of characters.
    static func distance(_ left: String, _ right: String) -> Int {
        let first = Array(left.unicodeScalars.prefix(64)), second = Array(right.unicodeScalars.prefix(64))
        guard abs(first.count - second.count) <= 2 else { return 3 }
        var row = Array(0...second.count)
        for (index, scalar) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in second.indices {
                let substituted = diagonal + (scalar == second[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
