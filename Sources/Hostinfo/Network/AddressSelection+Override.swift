import Values

extension AddressSelection {
    func overridden(_ family: IPAddress.Family) -> PrimaryAddress? {
        if let wanted = preferences.address {
            guard wanted.family == family, let found = layout.addresses.first(where: { $0.address == wanted }),
                let link = layout.link(found.linkIndex)
            else { return nil }
            return PrimaryAddress(address: found, device: link, routeDevice: link, rule: "I0")
        }
        guard let name = preferences.interface, let link = layout.link(named: name) else { return nil }
        let route = defaults(family, table: "main", through: { $0.index == link.index }).first
        guard let best = best(on: link, family, gateways: route?.gateways ?? [], alone: "I0") else { return nil }
        return PrimaryAddress(
            address: best.address, device: link, routeDevice: link, rule: "I0", routeOrigin: route?.route.origin)
    }

    /// The first preferred network that an eligible address is in; among several those on the default route's device.
    func preferred(_ family: IPAddress.Family) -> PrimaryAddress? {
        let routes = defaults(family, table: "main", through: isEligible)
        var links = routes.map(\.link)
        for link in layout.links.sorted(by: { $0.index < $1.index })
        where link.isUp && isEligible(link) && !links.contains(link) {
            links.append(link)
        }
        for prefix in preferences.preferred where prefix.address.family == family {
            for link in links {
                let route = routes.first { $0.link == link }
                let fitting = eligible(on: link, family).filter { prefix.contains($0.address) }
                guard let best = AddressOrder(gateways: route?.gateways ?? []).sorted(fitting).first else { continue }
                return PrimaryAddress(
                    address: best, device: link, routeDevice: link, rule: "I3-prefer",
                    routeOrigin: route?.route.origin)
            }
        }
        return nil
    }
}
