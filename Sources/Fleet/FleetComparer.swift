public import Compiler
public import Model

/// Compares two sites for one host after the other. A value is of one task.
public final class FleetComparer {
    private let old: SharedCompiler
    private let new: SharedCompiler
    private let oldHosts: Set<String>
    private let newHosts: Set<String>
    private let comparison = CatalogComparison()
    private var difference: FleetDifference
    /// By the number of the comparison, for hosts that have nothing of their own.
    private var known: [Int: Known] = [:]

    /// Hosts for which a comparison came to the same.
    private struct Known {
        var key: [ResourceDifference]
        var group: FleetDifference.Group
        var hosts: [Int] = []
    }

    public init(_ sites: FleetSites) {
        new = SharedCompiler(sites.new, factsOf: sites.facts, isPaired: true)
        old = SharedCompiler(sites.old, factsOf: sites.facts, beside: new)
        oldHosts = sites.oldHosts
        newHosts = sites.newHosts
        difference = FleetDifference(hosts: sites.hosts)
    }

    /// What is wrong with the new site whatever the host.
    public var diagnostics: Diagnostics { new.diagnostics }

    /// Compares the sites for a host by its position.
    ///
    /// Both are compiled with the same facts, those of the new site where that keeps any, so that what differs is the site.
    public func compare(_ position: Int) {
        let id = difference.hosts[position]
        let target = new.target(ofHost: id)
        guard newHosts.contains(id) else {
            difference.note(position, .gone, as: target.identity, labels: old.host(for: target).labels)
            return
        }
        let after = new.compilation(for: target)
        func note(_ outcome: FleetDifference.Outcome) {
            difference.note(position, outcome, as: target.identity, labels: after.labels)
        }
        if after.isRefused {
            difference.refuse(position, for: after.diagnostics)
            return note(.refused)
        }
        guard oldHosts.contains(id) else { return note(.new) }
        guard target.facts != nil else { return note(.unknown) }
        let before = old.compilation(for: target, after: after)
        if before.isRefused { return note(.mended) }
        let (all, number) = comparison.pairs(from: before, to: after)
        let pairs = all.filter { !$0.isUnknown }
        if pairs.count < all.count { difference.noteUnknown(all.filter(\.isUnknown).compactMap(\.address)) }
        guard !pairs.isEmpty else { return note(.same) }
        note(.changed)
        if let number, known[number] != nil {
            known[number]?.hosts.append(position)
            return
        }
        let resources = pairs.compactMap { ResourceDifference($0) }.sorted { $0.address < $1.address }
        let key = resources.map(\.key)
        if let number {
            known[number] = Known(key: key, group: Self.group(resources, after), hosts: [position])
        } else {
            difference.add(position, to: key) { Self.group(resources, after) }
        }
    }

    private static func group(
        _ resources: [ResourceDifference], _ compilation: SharedCompilation
    ) -> FleetDifference.Group {
        let arrows = compilation.arrows(of: Set(resources.map(\.address))).map { arrow in
            FleetDifference.Arrow(
                from: arrow.from, to: arrow.to, reason: arrow.edge.reason, isNotification: arrow.edge.isNotification)
        }
        return FleetDifference.Group(hosts: [], resources: resources, arrows: arrows)
    }

    /// What the change does to the hosts that were compared.
    public func finished() -> FleetDifference {
        for found in known.values {
            for position in found.hosts { difference.add(position, to: found.key) { found.group } }
        }
        known = [:]
        return difference
    }
}

/// Two sites and the hosts that either of them has.
public struct FleetSites: Sendable {
    let old: SharedSite
    let new: SharedSite
    /// Whose facts count, one after the other.
    let facts: [SharedSite]
    let oldHosts: Set<String>
    let newHosts: Set<String>
    /// Those of the new inventory, then those that are gone.
    public let hosts: [String]

    /// - Parameter only: the hosts that are compared; nil: all.
    public init(old: Site, new: Site, only: Set<String>? = nil) {
        self.new = SharedSite(new)
        oldHosts = Set(old.hostIdentifiers)
        newHosts = Set(new.hostIdentifiers)
        let kept = newHosts
        let all = new.hostIdentifiers + old.hostIdentifiers.filter { !kept.contains($0) }
        hosts = only.map { only in all.filter { only.contains($0) } } ?? all
        // The facts of the old site are not even read where the new one has those of all hosts.
        let isKnown = all.allSatisfy { new.keepsFacts(ofHost: $0) }
        self.old = SharedSite(old, withFacts: !isKnown)
        facts = isKnown ? [self.new] : [self.new, self.old]
    }
}
