/// The lines that differ between two texts, by their positions. What both have at their ends is not compared.
struct LineDifference<Line: Hashable> {
    private let left: [Line]
    private let right: [Line]
    private let before: Int
    private let after: Int

    init(from left: [Line], to right: [Line]) {
        (self.left, self.right) = (left, right)
        before = zip(left, right).prefix { $0 == $1 }.count
        let most = min(left.count, right.count) - before
        after = zip(left.reversed(), right.reversed()).prefix(most).prefix { $0 == $1 }.count
    }

    /// The larger number of lines that have to be compared: time and memory grow with its square.
    var comparedCount: Int { max(left.count, right.count) - before - after }

    /// The positions of the left lines that go, and of the right lines that come.
    var positions: (removed: Set<Int>, inserted: Set<Int>) {
        var removed = Set<Int>(), inserted = Set<Int>()
        let difference = Array(right[before..<(right.count - after)]).difference(
            from: Array(left[before..<(left.count - after)]))
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(before + offset)
            case .insert(let offset, _, _): inserted.insert(before + offset)
            }
        }
        return (removed, inserted)
    }
}
