import Expressions
import Model

/// The hosts of the inventory, for trust and known_hosts.
final class FleetMap: LazyMap, @unchecked Sendable {
    private let site: Site

    init(_ site: Site) {
        self.site = site
    }

    func keys() -> [String] { site.inventory.hosts.map(\.id) }

    func absence(of key: String) -> Absence? {
        Absence("the inventory has no host `\(key)`", hint: "`\"\(key)\" in fleet` asks whether it has")
    }

    func member(_ key: String) -> Value? { site.fleetMember(key) }
}

extension Site {
    /// What every host sees of a host of the inventory.
    func readFleetMember(_ key: String) -> Value? {
        guard let host = inventory.host(key) else { return nil }
        var members: [(String, Value)] = [
            ("id", .string(host.id)),
            ("labels", .map(ValueMap(host.labels.map { ($0.name, Value($0.value)) }))),
        ]
        if let facts = facts(ofHost: key) { members.append(("facts", .lazy(KeptFacts(facts)))) }
        return .map(ValueMap(members))
    }
}
