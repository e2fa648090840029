/// Takes an edit of a text back while other lines of it may have changed.
struct LineMerge {
    /// The text without the edit; nil where a line of the edit was changed since, or too much else to compare.
    ///
    /// - Parameters:
    ///   - before: the text before the edit.
    ///   - after: the text that the edit left.
    ///   - present: the text now.
    static func undoing(from after: [UInt8], to before: [UInt8], in present: [UInt8]) -> [UInt8]? {
        if present == after { return before }
        let base = lines(of: after)
        guard let survivors = survivors(of: base, in: lines(of: present)),
            let hunks = hunks(from: base, to: lines(of: before))
        else { return nil }
        var text = lines(of: present).map { [$0] }, leading: [Line] = []
        for hunk in hunks {
            let places = hunk.removed.map { survivors[$0] }
            if hunk.inserted.isEmpty {
                for place in places { if let place { text[place] = [] } }
                continue
            }
            // Lines that come back take the place of those that go; of them none may be gone.
            guard !places.contains(where: { $0 == nil }) else { return nil }
            if let first = places.first, let first {
                text[first] = hunk.inserted
                for place in places.dropFirst() { if let place { text[place] = [] } }
            } else if hunk.removed.lowerBound == 0 {
                leading = hunk.inserted
            } else if let place = survivors[hunk.removed.lowerBound - 1] {
                text[place] += hunk.inserted
            } else if hunk.removed.lowerBound < base.count, let place = survivors[hunk.removed.lowerBound] {
                text[place] = hunk.inserted + text[place]
            } else {
                return nil
            }
        }
        return Array((leading + text.joined()).joined())
    }

    private typealias Line = ArraySlice<UInt8>

    /// One place of difference: what goes of the base, and what comes there.
    private struct Hunk {
        var removed: Range<Int>
        var inserted: [Line]
    }

    /// Lines with their ends.
    private static func lines(of bytes: [UInt8]) -> [Line] {
        var lines: [Line] = [], start = 0
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
            lines.append(bytes[start...index])
            start = index + 1
        }
        if start < bytes.count { lines.append(bytes[start...]) }
        return lines
    }

    /// Where each line of the base is now; nil where it is gone.
    private static func survivors(of base: [Line], in present: [Line]) -> [Int?]? {
        guard let matches = matches(base, present) else { return nil }
        var result = [Int?](repeating: nil, count: base.count)
        for (left, right) in matches { result[left] = right }
        return result
    }

    private static func hunks(from base: [Line], to goal: [Line]) -> [Hunk]? {
        guard let matches = matches(base, goal) else { return nil }
        var hunks: [Hunk] = [], left = 0, right = 0
        for (nextLeft, nextRight) in matches + [(base.count, goal.count)] {
            if nextLeft > left || nextRight > right {
                hunks.append(Hunk(removed: left..<nextLeft, inserted: Array(goal[right..<nextRight])))
            }
            (left, right) = (nextLeft + 1, nextRight + 1)
        }
        return hunks
    }

    /// Time and memory of a comparison grow with the square of the lines that differ.
    private static let lineLimit = 4000

    /// The lines that both have in one order, by their positions; nil where too many lie between their common ends.
    private static func matches(_ left: [Line], _ right: [Line]) -> [(Int, Int)]? {
        let difference = LineDifference(from: left, to: right)
        guard difference.comparedCount <= lineLimit else { return nil }
        let (gone, come) = difference.positions
        return Array(zip(left.indices.filter { !gone.contains($0) }, right.indices.filter { !come.contains($0) }))
    }
}
