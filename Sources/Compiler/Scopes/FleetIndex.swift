import Expressions
import Model

extension Site {
    /// The names of all hosts of the inventory, found in one pass and kept.
    var fleetNames: FleetNames {
        if let known = fleetChoices.names { return known }
        let names = FleetNames(
            inventory.hosts.map { host in
                let facts = facts(ofHost: host.id)
                let names = FleetMember.nameFacts.compactMap { name in
                    if case .string(let text)? = facts?.fact(name) { text } else { nil }
                }
                return (host.id, names)
            })
        fleetChoices.names = names
        return names
    }
}
