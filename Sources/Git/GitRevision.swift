import Model

/// What a commit is called: a branch, a tag, a ref in full, a commit by its digits, and from there the way to a parent
/// (`HEAD~2`, `main^2`), as gitrevisions(7) has them.
struct GitRevision {
    let text: String
    let base: String
    /// The parents to go to, counted from 1, one after the other.
    let parents: [Int]

    private static let greatestWay = 10_000

    /// Reads what is called so; nil for anything else, such as an option.
    init?(_ text: String) {
        self.text = text
        var scalars = Array(text.unicodeScalars)[...], parents: [Int] = []
        let end = scalars.firstIndex { $0 == "~" || $0 == "^" } ?? scalars.endIndex
        base = String(String.UnicodeScalarView(scalars[..<end]))
        scalars = scalars[end...]
        while let sign = scalars.popFirst() {
            let digits = scalars.prefix { ("0"..."9").contains($0) }
            scalars = scalars.dropFirst(digits.count)
            let number = digits.isEmpty ? 1 : Int(String(String.UnicodeScalarView(digits)))
            guard sign == "~" || sign == "^", let number, number <= Self.greatestWay else { return nil }
            // The parent 0 is the commit itself.
            if sign == "^" {
                if number > 0 { parents.append(number) }
            } else {
                parents += Array(repeating: 1, count: number)
            }
            guard parents.count <= Self.greatestWay else { return nil }
        }
        guard GitRefName(base) != nil else { return nil }
        self.parents = parents
    }

    /// Whether the base may be the first digits of a commit.
    var isAbbreviation: Bool {
        (4..<40).contains(base.utf8.count)
            && base.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Where the way to the parents leads.
    func ancestor(of head: GitHead, from objects: GitObjects) throws(GitFault) -> GitHead {
        var head = head
        for number in parents {
            guard head.commit.parents.count >= number else {
                throw GitFault(.missing, "the commit \(head.id) has no parent \(number)")
            }
            head = try objects.head(head.commit.parents[number - 1])
        }
        return head
    }
}
