/// Which names have a number; the first one is the one that a lookup by number finds.
struct NameIndex: Sendable {
    private var first: [UInt32: String] = [:]
    private var others: [UInt32: [String]] = [:]
    /// The lowest and the highest number within the ranges that were asked for.
    private var bounds: [ClosedRange<UInt32>: (lowest: UInt32, highest: UInt32)?] = [:]

    subscript(number: UInt32) -> String? { first[number] }

    mutating func insert(_ name: String, for number: UInt32) {
        if first[number] == nil { first[number] = name } else { others[number, default: []].append(name) }
        for (range, found) in bounds where range.contains(number) {
            let found = found ?? (number, number)
            bounds[range] = (min(found.lowest, number), max(found.highest, number))
        }
    }

    mutating func remove(_ name: String, for number: UInt32) {
        if let index = others[number]?.firstIndex(of: name) {
            others[number]?.remove(at: index)
        } else if first[number] == name {
            first[number] = others[number]?.first
            if others[number]?.isEmpty == false { others[number]?.removeFirst() }
        }
        if first[number] == nil { bounds = bounds.filter { !$0.key.contains(number) } }
    }

    /// A free number, as shadow-utils chooses it (lib/find_new_uid.c): one more than the highest, else the
    /// lowest free one; for system accounts one less than the lowest, else the highest free one.
    ///
    /// - Parameter avoiding: whether a number is taken elsewhere.
    mutating func unused(
        in range: ClosedRange<UInt32>, isSystem: Bool, avoiding isTaken: (UInt32) -> Bool = { _ in false }
    ) -> UInt32? {
        func isFree(_ number: UInt32) -> Bool { first[number] == nil && !isTaken(number) }
        guard let found = bounds(in: range) else {
            return isSystem ? range.last(where: isFree) : range.first(where: isFree)
        }
        if isSystem {
            let below = range.lowerBound...max(range.lowerBound, found.lowest)
            return below.last(where: isFree) ?? (found.lowest...range.upperBound).last(where: isFree)
        }
        let above = min(found.highest, range.upperBound)...range.upperBound
        return above.first(where: isFree) ?? (range.lowerBound...found.highest).first(where: isFree)
    }

    private mutating func bounds(in range: ClosedRange<UInt32>) -> (lowest: UInt32, highest: UInt32)? {
        if let known = bounds[range] { return known }
        let numbers = first.keys.filter { range.contains($0) }
        let found = numbers.min().flatMap { lowest in numbers.max().map { (lowest: lowest, highest: $0) } }
        bounds[range] = .some(found)
        return found
    }
}
