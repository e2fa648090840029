public import Model

/// A difference of a fleet, ready to be shown.
public struct FleetSummary: Sendable {
    /// What a reviewer should see first.
    public struct Alert: Sendable {
        public var title: String
        public var detail: String

        var line: String { "\(title) \(detail)" }
    }

    public struct Fault: Sendable {
        public var diagnostic: Diagnostic
        public var hosts: [Int]
    }

    /// What the sites are called.
    public let old: String
    public let new: String
    /// By their ids.
    public let hosts: [String]
    /// What the hosts call themselves.
    public let names: [String]
    public let groups: [FleetDifference.Group]
    /// Resources of which something is not known here, with the count of their hosts.
    public let unknown: [Address: Int]
    public let faults: [Fault]
    public let outcomes: [FleetDifference.Outcome?]

    public init(_ difference: FleetDifference, old: String, new: String) {
        self.old = old
        self.new = new
        hosts = difference.hosts
        names = difference.identities.map(\.name)
        unknown = difference.unknown
        outcomes = difference.outcomes
        groups = difference.sortedGroups()
        faults = difference.faults.map { Fault(diagnostic: $0.key, hosts: $0.value.sorted()) }.sorted {
            ($1.hosts.count, $0.diagnostic.text) < ($0.hosts.count, $1.diagnostic.text)
        }
    }

    public func count(_ outcome: FleetDifference.Outcome) -> Int { outcomes.count { $0 == outcome } }

    /// Whether anything is different for any host.
    public var hasDifferences: Bool { outcomes.contains { $0 != .same && $0 != .unknown } }

    /// One line in which each host is counted once.
    public var counts: String {
        let parts: [(FleetDifference.Outcome, String)] = [
            (.same, "the same"), (.changed, "changed"), (.new, "new"), (.gone, "gone"), (.refused, "refused"),
            (.mended, "refused before"), (.unknown, "unknown for want of facts"),
        ]
        let texts = parts.compactMap { outcome, words in
            let count = count(outcome)
            guard count > 0 else { return nil as String? }
            let groups = outcome == .changed ? " in \(groups.count.counted("group"))" : ""
            return "\(count) \(words)\(groups)"
        }
        return "\(hosts.count.counted("host")): \(texts.joined(separator: ", "))"
    }

    /// Removals, what bears data, and what decides who gets in.
    public var alerts: [Alert] {
        let changes = groups.flatMap { group in group.resources.map { (resource: $0, count: group.hosts.count) } }
        let kinds: [(String, (ResourceDifference) -> Bool)] = [
            ("removed:", { $0.kind == .remove }),
            ("data:", { $0.bearsData && $0.kind != .add && $0.kind != .leave }),
            ("access:", { $0.bearsOnAccess && $0.kind != .leave }),
        ]
        var counted = kinds.map { title, isMeant in
            var hosts: [Address: Int] = [:]
            for change in changes where isMeant(change.resource) {
                hosts[change.resource.address, default: 0] += change.count
            }
            return (title, hosts)
        }
        counted.append(("not known, since a secret is in it (--identity reads it):", unknown))
        return counted.compactMap { title, hosts in
            if hosts.isEmpty { return nil }
            let sorted = hosts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let shown = sorted.prefix(8).map { "\($0.key) on \($0.value)".printable }.joined(separator: ", ")
            let left = sorted.count - 8
            return Alert(title: title, detail: shown + (left > 0 ? ", and \(left) more" : ""))
        }
    }
}
