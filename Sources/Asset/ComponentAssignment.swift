import Values

/// Which components of a machine are which of the expected ones: lists are multisets, so that a rule that many fulfil does
/// not take the only one that fulfils another (augmenting paths: Kuhn 1955).
struct ComponentAssignment {
    private let found: [Machine.Component]
    /// The item of each slot: one for each component that must be there, then those that may be.
    private var slots: [Int] = []
    private var slotOf: [Int?]
    private var componentOf: [Int?] = []
    /// What each item says of each component; nil where it cannot be told.
    private let answers: [[Bool?]]

    init(_ items: [AssetRules.Item], _ found: [Machine.Component]) {
        self.found = found
        answers = items.map { item in found.map { Self.holds(item, for: $0) } }
        for (index, item) in items.enumerated() { slots += [Int](repeating: index, count: item.count) }
        let requiredCount = slots.count
        for (index, item) in items.enumerated() where item.isLeast {
            slots += [Int](repeating: index, count: found.count)
        }
        slotOf = [Int?](repeating: nil, count: found.count)
        componentOf = [Int?](repeating: nil, count: slots.count)
        // What must be there comes before what may be, what is certain before what cannot be told.
        for end in [requiredCount, slots.count] {
            for isCertain in [true, false] {
                for component in found.indices where slotOf[component] == nil {
                    var seen = Set<Int>()
                    _ = assign(component, isCertain, below: end, &seen)
                }
            }
        }
    }

    /// Finds a slot for a component, moving others to other slots where that makes room.
    private mutating func assign(_ component: Int, _ isCertain: Bool, below end: Int, _ seen: inout Set<Int>) -> Bool {
        for slot in 0..<end {
            let answer = answers[slots[slot]][component]
            guard answer == true || (!isCertain && answer == nil), seen.insert(slot).inserted else { continue }
            if let other = componentOf[slot] {
                guard assign(other, isCertain, below: end, &seen) else { continue }
            }
            componentOf[slot] = component
            slotOf[component] = slot
            return true
        }
        return false
    }

    private static func holds(_ item: AssetRules.Item, for component: Machine.Component) -> Bool? {
        var isCertain = true
        for expectation in item.expectations where expectation.rule.test != .ignored {
            guard let value = component.value(expectation.field) else {
                isCertain = false
                continue
            }
            if !expectation.holds(for: value) { return false }
        }
        return isCertain ? true : nil
    }

    /// What is none of the expected ones.
    var strangers: [Machine.Component] { found.indices.filter { slotOf[$0] == nil }.map { found[$0] } }

    func finding(_ name: String, of index: Int, _ item: AssetRules.Item) -> AssetFinding {
        let taken = slots.indices.filter { slots[$0] == index }.compactMap { componentOf[$0] }.sorted()
        let names = taken.map { found[$0].name }.joined(separator: ", ")
        let isCertain = taken.allSatisfy { answers[index][$0] == true }
        let isEnough = taken.count >= item.count
        let verdict: AssetVerdict = isEnough ? (isCertain ? .match : .unknown) : .drift
        var note = names.isEmpty ? nil : names
        if verdict == .unknown { note = "\(names): not all of it can be read" }
        return AssetFinding(name, expected: item.shown, found: "\(taken.count)", verdict, note: note)
    }
}

extension Machine.Component {
    /// Its name with what is known of it.
    func summary(_ fields: [AssetField]) -> String {
        let words = fields.compactMap { field in
            value(field).map { "\(field.name) \($0.shown)" }
        }
        return ([name] + words).joined(separator: " ")
    }
}
