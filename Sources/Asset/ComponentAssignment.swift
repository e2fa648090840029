import Values

/// Which components of a machine are which of the expected ones: lists are multisets, so that a rule that many fulfil does
/// not take the only one that fulfils another (augmenting paths: Kuhn 1955).
struct ComponentAssignment {
    private let items: [AssetRules.Item]
    private let fields: [AssetField]
    private let found: [Machine.Component]
    /// The item of each slot: one for each component that must be there, then those that may be.
    private var slots: [Int] = []
    private var slotOf: [Int?]
    private var componentOf: [Int?] = []
    /// What each item says of each component; nil where it cannot be told.
    private let answers: [[Bool?]]

    init(_ items: [AssetRules.Item], _ found: [Machine.Component], _ fields: [AssetField]) {
        self.items = items
        self.found = found
        self.fields = fields
        answers = items.map { item in found.map { Self.holds(item, for: $0, fields) } }
        for (index, item) in items.enumerated() { slots += [Int](repeating: index, count: item.count) }
        let requiredCount = slots.count
        for (index, item) in items.enumerated() where item.isLeast {
            slots += [Int](repeating: index, count: found.count)
        }
        slotOf = [Int?](repeating: nil, count: found.count)
        componentOf = [Int?](repeating: nil, count: slots.count)
        // What is certain comes before what cannot be told, what must be there before what may be.
        for isCertain in [true, false] {
            for component in found.indices where slotOf[component] == nil {
                var seen = Set<Int>()
                _ = assign(component, isCertain, below: requiredCount, &seen)
            }
        }
        for isCertain in [true, false] {
            for component in found.indices where slotOf[component] == nil {
                var seen = Set<Int>()
                _ = assign(component, isCertain, below: slots.count, &seen)
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

    private static func holds(
        _ item: AssetRules.Item, for component: Machine.Component, _ fields: [AssetField]
    ) -> Bool? {
        var isCertain = true
        for expectation in item.expectations {
            guard expectation.rule.test != .ignored, let field = fields.first(where: { $0.name == expectation.name })
            else { continue }
            guard let value = field.kind.value(of: component.facts[field.fact]) else {
                isCertain = false
                continue
            }
            if !expectation.rule.holds(for: value, field.kind) { return false }
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
            field.kind.value(of: facts[field.fact]).map { "\(field.name) \($0.shown)" }
        }
        return ([name] + words).joined(separator: " ")
    }
}
