public import Model

/// One resource of two catalogs of a host that does not say the same in both.
public struct ResourcePair: Sendable {
    /// nil: the old catalog does not have it.
    public var old: DeclaredState?
    /// nil: the new catalog does not have it.
    public var new: DeclaredState?
    /// Whether nothing is known to differ, and something is not known: a secret that nobody can read here.
    public var isUnknown: Bool {
        guard let old, let new else { return false }
        return (old.declaration.isPartial || new.declaration.isPartial) && old.isSame(as: new)
    }
    /// Whether the new site switches it off by `when`, which leaves the object alone.
    public var isDormant = false

    public var address: Address? { (new ?? old)?.declaration.address }
}

/// A declaration with its relations.
public struct DeclaredState: Sendable {
    public var declaration: Declaration
    /// As a manifest says them, such as `notify service:nginx`; of a part those of its composite.
    public var relations: [String]

    /// Whether a host comes to the same by both.
    func isSame(as other: DeclaredState) -> Bool {
        let own = declaration, others = other.declaration
        return own.state == others.state && own.onUndeclared == others.onUndeclared
            && own.partOf?.address == others.partOf?.address && relations == other.relations
            && RecordedFields(of: own.resource) == RecordedFields(of: others.resource)
    }
}

/// Compares what two sites are for the same hosts. Items that hosts have in common are compared once.
///
/// A value is of one task.
public final class CatalogComparison {
    private struct Key: Hashable {
        var old: ObjectIdentifier?
        var new: ObjectIdentifier?
    }

    /// What an item of the old site and its counterpart in the new one come to.
    private struct Result {
        /// They are held, so that no other can have their identity.
        var items: [EvaluatedItem]
        /// nil where one of them is of one host alone.
        var number: Int?
        /// Resources of both that differ, or may.
        var pairs: [ResourcePair] = []
        /// Resources that only one of them has.
        var old: [Address: DeclaredState] = [:]
        var new: [Address: DeclaredState] = [:]
    }

    private var known: [Key: Result] = [:]
    private var numbers: [[Int]: Int] = [:]
    private static let greatestKnownCount = 100_000

    public init() {}

    /// The resources that differ.
    ///
    /// - Returns: with the same number the pairs of another host are the same; nil: nobody knows.
    public func pairs(
        from old: SharedCompilation, to new: SharedCompilation
    ) -> (pairs: [ResourcePair], number: Int?) {
        var counterparts: [Address: EvaluatedItem] = [:]
        for item in new.host.items { if let first = item.firstAddress { counterparts[first] = item } }
        var results: [Result] = []
        for item in old.host.items {
            guard let first = item.firstAddress else { continue }
            add(result(item, counterparts.removeValue(forKey: first)), to: &results)
        }
        for item in new.host.items {
            if let first = item.firstAddress, counterparts[first] != nil { add(result(nil, item), to: &results) }
        }
        if results.isEmpty { return ([], numbers.count) }
        var before: [Address: DeclaredState] = [:], after: [Address: DeclaredState] = [:]
        for result in results {
            before.merge(result.old) { first, _ in first }
            after.merge(result.new) { first, _ in first }
        }
        let isOneSided = before.isEmpty || after.isEmpty
        // What one item lost another may have.
        let moved = isOneSided ? [] : Self.matched(&before, &after)
        let pairs = results.flatMap(\.pairs) + moved + Self.left(before, after)
        let own = results.compactMap(\.number)
        let isNumbered = own.count == results.count && before.isEmpty && moved.isEmpty
        return (pairs.map { mark($0, in: new) }, isNumbered ? number(of: own) : nil)
    }

    private func number(of results: [Int]) -> Int {
        if let known = numbers[results] { return known }
        let number = numbers.count
        numbers[results] = number
        return number
    }

    private func add(_ result: Result, to results: inout [Result]) {
        if !result.pairs.isEmpty || !result.old.isEmpty || !result.new.isEmpty { results.append(result) }
    }

    private func mark(_ pair: ResourcePair, in new: SharedCompilation) -> ResourcePair {
        guard pair.new == nil, let address = pair.address, new.graph.dormant.contains(address) else { return pair }
        var pair = pair
        pair.isDormant = true
        return pair
    }

    private func result(_ old: EvaluatedItem?, _ new: EvaluatedItem?) -> Result {
        let items = [old, new].compactMap { $0 }, isShared = items.allSatisfy(\.isShared)
        let key = Key(old: old.map { ObjectIdentifier($0) }, new: new.map { ObjectIdentifier($0) })
        if isShared, let result = known[key] { return result }
        var result = Result(items: items, old: Self.states(old), new: Self.states(new))
        result.pairs = Self.matched(&result.old, &result.new)
        if isShared, known.count < Self.greatestKnownCount {
            result.number = known.count
            known[key] = result
        }
        return result
    }

    /// Takes out what both have.
    ///
    /// - Returns: what of it differs, or may.
    private static func matched(
        _ old: inout [Address: DeclaredState], _ new: inout [Address: DeclaredState]
    ) -> [ResourcePair] {
        var pairs: [ResourcePair] = []
        for (address, before) in old {
            guard let after = new.removeValue(forKey: address) else { continue }
            old[address] = nil
            let isPartial = before.declaration.isPartial || after.declaration.isPartial
            if isPartial || !before.isSame(as: after) { pairs.append(ResourcePair(old: before, new: after)) }
        }
        return pairs
    }

    private static func left(
        _ old: [Address: DeclaredState], _ new: [Address: DeclaredState]
    ) -> [ResourcePair] {
        old.values.map { ResourcePair(old: $0, new: nil) } + new.values.map { ResourcePair(old: nil, new: $0) }
    }

    private static func states(_ item: EvaluatedItem?) -> [Address: DeclaredState] {
        var states: [Address: DeclaredState] = [:]
        for piece in item?.pieces ?? [] {
            let relations = piece.relations.map { "\($0.kind.rawValue) \($0.address)" }
            for declaration in piece.declarations where states[declaration.address] == nil {
                states[declaration.address] = DeclaredState(declaration: declaration, relations: relations)
            }
        }
        return states
    }
}

extension EvaluatedItem {
    /// By which its counterpart in another site is found; nil where it declares nothing.
    fileprivate var firstAddress: Address? { pieces.first?.resource.address }
}
