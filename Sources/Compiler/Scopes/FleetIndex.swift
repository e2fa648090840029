import Expressions
import Model

extension Site {
    /// The names of all hosts of the inventory, found in one pass and kept.
    var fleetNames: FleetNames {
        if let known = fleetChoices.names { return known }
        var names = FleetNames()
        for host in inventory.hosts {
            let facts = layer("facts/\(host.id).json")?.values
            names.add(
                host.id,
                names: FleetMember.nameFacts.compactMap { name in
                    if case .string(let text)? = facts?[name] { text } else { nil }
                })
        }
        fleetChoices.names = names
        return names
    }
}
