import Values

extension AddressSelection {
    /// One way out of the host: a route through one of its next hops.
    struct Exit {
        var route: NetworkRoute
        /// Which route of the layout it is.
        var position: Int
        var link: NetworkLink
        var isDead: Bool
        /// The gateways that the route has on the device.
        var gateways: [IPAddress]

        func precedes(_ other: Exit) -> Bool {
            if isDead != other.isDead { return !isDead }
            if route.metric != other.route.metric { return route.metric < other.route.metric }
            if link.index != other.link.index { return link.index < other.link.index }
            return position < other.position
        }

        /// Whether nothing but the index of the interface tells which one comes first.
        func isTied(with other: Exit) -> Bool {
            position != other.position && isDead == other.isDead && route.metric == other.route.metric
                && link.index != other.link.index
        }
    }

    func isEligible(_ link: NetworkLink) -> Bool { devices.refusal(link) == nil }

    /// The unicast default routes of a table, the best first.
    func defaults(
        _ family: IPAddress.Family, table: String, through isWanted: (NetworkLink) -> Bool
    ) -> [Exit] {
        exits(through: isWanted) { $0.family == family && $0.table == table && $0.destination == nil }
    }

    private func exits(
        through isWanted: (NetworkLink) -> Bool, _ isIncluded: (NetworkRoute) -> Bool
    ) -> [Exit] {
        var exits: [Exit] = []
        for (position, route) in layout.routes.enumerated()
        where route.type == "unicast" && !route.isForService && isIncluded(route) {
            for hop in route.hops {
                guard let link = hop.linkIndex.flatMap({ layout.link($0) }), isWanted(link) else { continue }
                exits.append(
                    Exit(
                        route: route, position: position, link: link,
                        isDead: hop.isDead || !link.isUp || !link.hasCarrier,
                        gateways: route.hops.filter { $0.linkIndex == link.index }.compactMap(\.gateway)))
            }
        }
        return exits.sorted { $0.precedes($1) }
    }

    func main(_ family: IPAddress.Family) -> PrimaryAddress? {
        primary(of: defaults(family, table: "main", through: isEligible), family, alone: "I3")
    }

    /// The tables that rules with a source look up, by priority.
    func ruled(_ family: IPAddress.Family) -> PrimaryAddress? {
        let rules = layout.rules.filter { rule in
            guard let table = rule.table else { return false }
            return rule.family == family && rule.source != nil && !rule.isConditional
                && !["main", "local", "default"].contains(table)
        }
        for rule in rules.sorted(by: { $0.priority < $1.priority }) {
            let exits = defaults(family, table: rule.table ?? "", through: isEligible)
            if let found = primary(of: exits, family, alone: "I3-rules") { return found }
        }
        return nil
    }

    /// The most specific route towards the configured server.
    func towardsServer(_ family: IPAddress.Family) -> PrimaryAddress? {
        guard let server = preferences.server, server.family == family else { return nil }
        let all = exits(through: isEligible) {
            $0.family == family && $0.table == "main" && $0.destination?.contains(server) ?? false
        }
        let length = all.map { $0.route.destination?.length ?? 0 }.max()
        let exits = all.filter { $0.route.destination?.length == length }
        guard var found = primary(of: exits, family, alone: "I3-server") else { return nil }
        found.isAmbiguous = false
        return found
    }

    /// Without a default route: the first interface that is up and has an eligible address.
    func first(_ family: IPAddress.Family) -> PrimaryAddress? {
        let links = layout.links.filter { $0.isUp && isEligible($0) }
            .sorted { ($0.hasCarrier ? 0 : 1, $0.index) < ($1.hasCarrier ? 0 : 1, $1.index) }
        for link in links {
            guard let best = best(on: link, family, gateways: [], alone: "I3-no-default") else { continue }
            return PrimaryAddress(
                address: best.address, device: link, routeDevice: link, rule: best.rule, hasNoDefault: true)
        }
        return nil
    }

    private func primary(of exits: [Exit], _ family: IPAddress.Family, alone rule: String) -> PrimaryAddress? {
        for exit in exits {
            guard var found = primary(on: exit, family, alone: rule) else { continue }
            found.isAmbiguous = exits.contains { other in
                guard exit.isTied(with: other), let rival = primary(on: other, family, alone: rule) else {
                    return false
                }
                return rival.address != found.address
            }
            return found
        }
        return nil
    }

    private func primary(on exit: Exit, _ family: IPAddress.Family, alone rule: String) -> PrimaryAddress? {
        if let source = exit.route.preferredSource, let found = configured(source) {
            return PrimaryAddress(
                address: found.address, device: found.link, routeDevice: exit.link, rule: "I4a",
                routeOrigin: exit.route.origin)
        }
        guard let best = best(on: exit.link, family, gateways: exit.gateways, alone: rule) else { return nil }
        return PrimaryAddress(
            address: best.address, device: exit.link, routeDevice: exit.link, rule: best.rule,
            routeOrigin: exit.route.origin)
    }

    /// The eligible address that a route prefers as source, also on the loopback.
    private func configured(_ source: IPAddress) -> (address: NetworkAddress, link: NetworkLink)? {
        for address in layout.addresses where address.address == source {
            guard AddressEligibility.refusal(address, excluded: preferences.excluded) == nil,
                let link = layout.link(address.linkIndex)
            else { continue }
            if isEligible(link) || link.isLoopback && !devices.isExcluded(link.name) { return (address, link) }
        }
        return nil
    }
}
