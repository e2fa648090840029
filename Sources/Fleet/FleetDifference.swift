public import Model

/// What a change of a site does to the hosts of a fleet. Parts of it are made by several tasks, and put together.
public struct FleetDifference: Sendable {
    /// Hosts for which the change is the same.
    public struct Group: Sendable {
        /// Positions in the list of hosts.
        public var hosts: [Int]
        /// As the first host has it.
        public var resources: [ResourceDifference]
        /// The labels that tell these hosts from all others, as a condition; nil where none are found.
        public var selector: String?
        /// What waits for what among the resources, and what they refresh.
        public var arrows: [Arrow] = []
    }

    /// One resource comes before another.
    public struct Arrow: Sendable, Hashable {
        public var from: Address
        public var to: Address
        public var reason: String
        /// Whether a change of `from` refreshes `to`.
        public var isNotification: Bool
    }

    /// Whether a host is compared, and what came of it.
    public enum Outcome: Sendable {
        case same, changed
        /// Only the new inventory has it, or only the old one.
        case new, gone
        /// The new site cannot be compiled for it.
        case refused
        /// Only the old site could not be compiled for it.
        case mended
        /// Its facts are not known.
        case unknown
    }

    /// The ids of the hosts that were asked for: those of the new inventory, then those that are gone.
    public let hosts: [String]
    public private(set) var outcomes: [Outcome?]
    /// Who each host is, by its facts.
    private(set) var identities: [HostIdentity]
    /// Resources that may differ, since something of them is not known here, with the count of their hosts.
    public private(set) var unknown: [Address: Int] = [:]
    /// The labels of each host, in the new site where that has it.
    private(set) var labels: [[Datum.Member]]
    private var groups: [[ResourceDifference]: Group] = [:]
    /// What refuses hosts, with their positions.
    public private(set) var faults: [Diagnostic: [Int]] = [:]

    public init(hosts: [String]) {
        self.hosts = hosts
        outcomes = Array(repeating: nil, count: hosts.count)
        identities = hosts.map { HostIdentity(id: $0, name: $0) }
        labels = Array(repeating: [], count: hosts.count)
    }

    mutating func note(_ position: Int, _ outcome: Outcome, as identity: HostIdentity, labels: [Datum.Member]) {
        identities[position] = identity
        outcomes[position] = outcome
        self.labels[position] = labels
    }

    mutating func noteUnknown(_ addresses: [Address]) {
        for address in addresses { unknown[address, default: 0] += 1 }
    }

    mutating func refuse(_ position: Int, for diagnostics: Diagnostics) {
        for diagnostic in Set(diagnostics.list) where diagnostic.severity == .error {
            faults[diagnostic, default: []].append(position)
        }
    }

    /// - Parameter key: what is the same for the hosts of a group.
    /// - Parameter group: what the group is where the host is its first.
    mutating func add(_ position: Int, to key: [ResourceDifference], _ group: () -> Group) {
        groups[key, default: group()].hosts.append(position)
    }

    /// Takes in what another task found of other hosts.
    public mutating func add(_ other: FleetDifference) {
        for (position, outcome) in other.outcomes.enumerated() {
            guard let outcome else { continue }
            outcomes[position] = outcome
            labels[position] = other.labels[position]
            identities[position] = other.identities[position]
        }
        for (key, group) in other.groups {
            guard let own = groups[key] else {
                groups[key] = group
                continue
            }
            // The first host's words stand for the group, whichever task met the host.
            var first = (group.hosts.first ?? 0) < (own.hosts.first ?? 0) ? group : own
            first.hosts = own.hosts + group.hosts
            groups[key] = first
        }
        for (address, count) in other.unknown { unknown[address, default: 0] += count }
        for (diagnostic, hosts) in other.faults { faults[diagnostic, default: []] += hosts }
    }

    /// The groups with their selectors, the largest first.
    public func sortedGroups() -> [Group] {
        let sorted = mergedGroups.map { group in
            var group = group
            group.hosts.sort()
            return group
        }.sorted { ($1.hosts.count, $0.hosts.first ?? 0) < ($0.hosts.count, $1.hosts.first ?? 0) }
        let selectors = SelectorFinder(labels)
        return sorted.map { group in
            var group = group
            group.selector = selectors.selector(of: group.hosts)
            return group
        }
    }

    /// Hosts that differ from each other only in what they are called are one group.
    private var mergedGroups: [Group] {
        var merged: [Group] = [], alike: [[ResourceDifference]: Group] = [:]
        for (key, group) in groups {
            guard group.hosts.count == 1 else {
                merged.append(group)
                continue
            }
            let words = HostWords(identities[group.hosts[0]])
            let general = key.map { words.key(of: $0) }
            guard let known = alike[general] else {
                alike[general] = group
                continue
            }
            // The first host's words stand for the group.
            var first = group.hosts[0] < (known.hosts.min() ?? 0) ? group : known
            first.hosts = known.hosts + group.hosts
            alike[general] = first
        }
        return merged + alike.values
    }
}
