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
        var resources: [ResourceDifference]
        var key: [ResourceDifference]
        /// All texts of the key.
        var text: [UInt8]
        var arrows: [FleetDifference.Arrow]
        /// Those that are called nothing that stands in the text.
        var hosts: [Int] = []

        init(_ pairs: [ResourcePair], of compilation: SharedCompilation) {
            resources = pairs.compactMap { ResourceDifference($0) }.sorted { $0.address < $1.address }
            key = resources.map(\.key)
            text = Array(key.flatMap(\.texts).joined(separator: "\n").utf8)
            arrows = compilation.arrows(of: Set(resources.map(\.address))).map { arrow in
                FleetDifference.Arrow(
                    from: arrow.from, to: arrow.to, reason: arrow.edge.reason,
                    isNotification: arrow.edge.isNotification)
            }
        }

        var group: FleetDifference.Group { FleetDifference.Group(hosts: [], resources: resources, arrows: arrows) }
    }

    /// In a longer text nobody looks for what a host is called.
    private static let greatestText = 1 << 16

    public init(_ sites: FleetSites) {
        old = SharedCompiler(sites.old)
        new = SharedCompiler(sites.new)
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
        var target = new.target(ofHost: id)
        if target.facts == nil { target = old.target(ofHost: id) }
        guard newHosts.contains(id) else {
            difference.note(position, .gone, name: target.identity.name, labels: old.host(for: target).labels)
            return
        }
        let after = new.compilation(for: target)
        func note(_ outcome: FleetDifference.Outcome) {
            difference.note(position, outcome, name: target.identity.name, labels: after.labels)
        }
        if after.isRefused {
            difference.refuse(position, for: after.diagnostics)
            return note(.refused)
        }
        guard oldHosts.contains(id) else { return note(.new) }
        guard target.facts != nil else { return note(.unknown) }
        let before = old.compilation(for: target)
        if before.isRefused { return note(.mended) }
        let (pairs, number) = comparison.pairs(from: before, to: after)
        guard !pairs.isEmpty else { return note(.same) }
        note(.changed)
        let found = number.flatMap { known[$0] } ?? Known(pairs, of: after)
        let words = HostWords(target.identity)
        if found.text.count <= Self.greatestText, words.occur(in: found.text) {
            difference.add(position, to: found.key.map { words.key(of: $0) }) { found.group }
        } else if let number {
            known[number, default: found].hosts.append(position)
        } else {
            difference.add(position, to: found.key) { found.group }
        }
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
    let oldHosts: Set<String>
    let newHosts: Set<String>
    /// Those of the new inventory, then those that are gone.
    public let hosts: [String]

    /// - Parameter only: the hosts that are compared; nil: all.
    public init(old: Site, new: Site, only: Set<String>? = nil) {
        self.old = SharedSite(old)
        self.new = SharedSite(new)
        oldHosts = Set(old.hostIdentifiers)
        newHosts = Set(new.hostIdentifiers)
        let kept = newHosts
        let all = new.hostIdentifiers + old.hostIdentifiers.filter { !kept.contains($0) }
        hosts = only.map { only in all.filter { only.contains($0) } } ?? all
    }
}
