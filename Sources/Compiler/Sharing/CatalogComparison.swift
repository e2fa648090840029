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

/// Compares what two sites are for the same hosts. What hosts have in common is compared once.
///
/// A value is of one task.
public final class CatalogComparison {
    private struct Key: Hashable {
        var old: [ObjectIdentifier]
        var new: [ObjectIdentifier]
    }

    /// What some items of the old site and some of the new one come to.
    private struct Result {
        /// They are held, so that no other can have their identity.
        var portions: [Portion] = []
        var number = 0
        /// Resources of both that differ, or may.
        var pairs: [ResourcePair] = []
        /// Resources that only one side has.
        var old: [Address: DeclaredState] = [:]
        var new: [Address: DeclaredState] = [:]
    }

    private var known: [Key: Result] = [:]
    private var resultCount = 0
    /// Where nearly each host has a result of its own, older ones are forgotten.
    private static let greatestKnownCount = 2_048

    public init() {}

    /// The resources that differ.
    ///
    /// - Returns: with the same number the pairs of another host are the same; nil: nobody knows.
    public func pairs(
        from old: SharedCompilation, to new: SharedCompilation
    ) -> (pairs: [ResourcePair], number: Int?) {
        // What both sites have in common is the same.
        let before = Self.portions(of: old, without: new), after = Self.portions(of: new, without: old)
        if before.isEmpty, after.isEmpty { return ([], 0) }
        let common = result(before.filter(\.isShared), after.filter(\.isShared))
        var own = Result(
            old: Self.states(before.filter { !$0.isShared }), new: Self.states(after.filter { !$0.isShared }))
        own.pairs = Self.matched(&own.old, &own.new)
        var gone = common.old, added = common.new
        let isNumbered = own.pairs.isEmpty && own.old.isEmpty && own.new.isEmpty
        gone.merge(own.old) { first, _ in first }
        added.merge(own.new) { first, _ in first }
        // What one item lost another may have.
        let moved = isNumbered ? [] : Self.matched(&gone, &added)
        let pairs = common.pairs + own.pairs + moved + Self.left(gone, added)
        return (pairs.map { mark($0, in: new) }, isNumbered ? common.number : nil)
    }

    private static func portions(of one: SharedCompilation, without other: SharedCompilation) -> [Portion] {
        let known = Set(other.host.portions.map(\.identity))
        return one.host.portions.filter { !known.contains($0.identity) }
    }

    private func result(_ old: [Portion], _ new: [Portion]) -> Result {
        let key = Key(old: old.map(\.identity), new: new.map(\.identity))
        if let result = known[key] { return result }
        // Two runs may still have most of their items in common.
        let items = (old: old.flatMap(\.items), new: new.flatMap(\.items))
        let both = Set(items.old.map { ObjectIdentifier($0) }).intersection(items.new.map { ObjectIdentifier($0) })
        func rest(_ items: [EvaluatedItem]) -> [Portion] {
            items.filter { !both.contains(ObjectIdentifier($0)) }.map { .item($0) }
        }
        var result = Result(
            portions: old + new, old: Self.states(rest(items.old)), new: Self.states(rest(items.new)))
        result.pairs = Self.matched(&result.old, &result.new)
        resultCount += 1
        result.number = resultCount
        if known.count >= Self.greatestKnownCount { known = [:] }
        known[key] = result
        return result
    }

    private func mark(_ pair: ResourcePair, in new: SharedCompilation) -> ResourcePair {
        guard pair.new == nil, let address = pair.address, new.graph.dormant.contains(address) else { return pair }
        var pair = pair
        pair.isDormant = true
        return pair
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

    private static func states(_ portions: [Portion]) -> [Address: DeclaredState] {
        var states: [Address: DeclaredState] = [:]
        for piece in portions.flatMap(\.items).flatMap(\.pieces) {
            let relations = piece.relations.map { "\($0.kind.rawValue) \($0.address)" }
            for declaration in piece.declarations where states[declaration.address] == nil {
                states[declaration.address] = DeclaredState(declaration: declaration, relations: relations)
            }
        }
        return states
    }
}
