/// Finds the name that was meant.
public enum Spelling {
    /// A hint for an unknown name: the nearest allowed one, else all that are allowed.
    public static func hint(for name: String, among allowed: [String]) -> String? {
        if let near = nearest(to: name, among: allowed) { return near }
        guard !allowed.isEmpty else { return nil }
        let shown = allowed.sorted().prefix(40).joined(separator: ", ")
        return "allowed: \(shown)" + (allowed.count > 40 ? ", ..." : "")
    }

    /// The hint that names the nearest of the first 1,000 candidates, within two edits and half the name's length.
    public static func nearest(to name: String, among candidates: [String]) -> String? {
        let wanted = Array(name.unicodeScalars)
        guard wanted.count <= 128 else { return nil }
        var best: (distance: Int, name: String)?
        for candidate in candidates.prefix(1000) {
            let other = Array(candidate.unicodeScalars.prefix(131))
            guard abs(other.count - wanted.count) <= 2, wanted.count > 1 || other.count > 1 else { continue }
            let distance = distance(wanted, other)
            if distance <= min(2, max(1, wanted.count / 2)), distance < best?.distance ?? 3 {
                best = (distance, candidate)
            }
        }
        return best.map { "did you mean `\($0.name)`?" }
    }

    /// How many characters to insert, drop, change or swap with their neighbour (optimal string alignment).
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = [], last = Array(0...right.count)
        for (i, scalar) in left.enumerated() {
            var row = [i + 1]
            for (j, other) in right.enumerated() {
                var distance = min(last[j + 1] + 1, row[j] + 1, last[j] + (scalar == other ? 0 : 1))
                if i > 0, j > 0, scalar == right[j - 1], left[i - 1] == other {
                    distance = min(distance, beforeLast[j - 1] + 1)
                }
                row.append(distance)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
