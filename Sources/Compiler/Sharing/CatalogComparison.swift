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

    /// What the items that hosts have in common come to.
    private struct Common {
        /// They are held, so that no other can have their identity.
        var items: [EvaluatedItem]
        var number: Int
        var pairs: [ResourcePair]
        var old: [Address: DeclaredState]
        var new: [Address: DeclaredState]
    }

    private var known: [Key: Common] = [:]
    private static let greatestKnownCount = 4_096

    public init() {}

    /// The resources that differ.
    ///
    /// - Returns: with the same number the pairs of another host are the same; nil: nobody knows.
    public func pairs(
        from old: SharedCompilation, to new: SharedCompilation
    ) -> (pairs: [ResourcePair], number: Int?) {
        let common = common(old, new)
        let own = [old, new].map { side in side.host.items.filter { !$0.isShared } }
        if own[0].isEmpty, own[1].isEmpty, common.old.isEmpty, common.new.isEmpty {
            return (
                common.pairs.map { mark($0, in: new) }, common.pairs.contains { $0.new == nil } ? nil : common.number
            )
        }
        var before = Self.states(own[0]), after = Self.states(own[1])
        before.merge(common.old) { first, _ in first }
        after.merge(common.new) { first, _ in first }
        let rest = Self.matched(&before, &after)
        let left = Self.left(before, after)
        return ((common.pairs + rest + left).map { mark($0, in: new) }, nil)
    }

    private func mark(_ pair: ResourcePair, in new: SharedCompilation) -> ResourcePair {
        guard pair.new == nil, let address = pair.address, new.graph.dormant.contains(address) else { return pair }
        var pair = pair
        pair.isDormant = true
        return pair
    }

    private func common(_ old: SharedCompilation, _ new: SharedCompilation) -> Common {
        let items = [old, new].map { side in side.host.items.filter(\.isShared) }
        let key = Key(old: items[0].map { ObjectIdentifier($0) }, new: items[1].map { ObjectIdentifier($0) })
        if let common = known[key] { return common }
        var before = Self.states(items[0]), after = Self.states(items[1])
        let pairs = Self.matched(&before, &after)
        let common = Common(items: items[0] + items[1], number: known.count, pairs: pairs, old: before, new: after)
        if known.count < Self.greatestKnownCount { known[key] = common }
        return common
    }

    /// Takes out what both have.
    ///
    /// - Returns: what of it differs.
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

    private static func states(_ items: [EvaluatedItem]) -> [Address: DeclaredState] {
        var states: [Address: DeclaredState] = [:]
        for piece in items.flatMap(\.pieces) {
            let relations = piece.relations.map { "\($0.kind.rawValue) \($0.address)" }
            for declaration in piece.declarations where states[declaration.address] == nil {
                states[declaration.address] = DeclaredState(declaration: declaration, relations: relations)
            }
        }
        return states
    }
}
