public import Values

extension NetworkLayout {
    /// The layout in the shape of a capture, as iproute2 prints it.
    public var capture: Datum {
        [
            "link": .list(links.map(datum)), "addr": .list(links.map(addresses)),
            "route4": .list(routes.filter { $0.family == .ipv4 }.map(datum)),
            "route6": .list(routes.filter { $0.family == .ipv6 }.map(datum)),
            "rule4": .list(rules.filter { $0.family == .ipv4 }.map(\.datum)),
            "rule6": .list(rules.filter { $0.family == .ipv6 }.map(\.datum)),
            "hardware": .list(links.filter(\.isHardware).map { .string($0.name) }),
        ]
    }

    private func name(_ index: Int?) -> Datum? {
        index.flatMap { link($0) }.map { .string($0.name) }
    }

    private func datum(_ link: NetworkLink) -> Datum {
        let isSame = link.permanentAddress == link.address
        var members = Members()
        members.add("ifindex", .int(Int64(link.index)))
        if link.isLowerElsewhere {
            members.add("link_index", link.lowerIndex.map { .int(Int64($0)) })
            members.add("link_netnsid", 0)
        } else {
            members.add("link", name(link.lowerIndex))
        }
        members.add("ifname", .string(link.name))
        members.add("flags", .list(link.flags.map { .string($0) }))
        members.add("mtu", link.mtu.map { .int(Int64($0)) })
        members.add("master", name(link.masterIndex))
        members.add("operstate", link.state.map { .string($0) })
        members.add("link_type", link.type.map { .string($0) })
        members.add("address", link.address.map { .string($0.text) })
        members.add("permaddr", isSame ? nil : link.permanentAddress.map { .string($0.text) })
        members.add("linkinfo", link.kind.map { ["info_kind": .string($0)] })
        members.add("parentbus", link.bus.map { .string($0) })
        return members.datum
    }

    private func addresses(_ link: NetworkLink) -> Datum {
        let own = addresses.filter { $0.linkIndex == link.index }
        return [
            "ifindex": .int(Int64(link.index)), "ifname": .string(link.name), "addr_info": .list(own.map(\.datum)),
        ]
    }

    private func datum(_ route: NetworkRoute) -> Datum {
        var members = Members()
        if route.type != "unicast" { members.add("type", .string(route.type)) }
        members.add("dst", .string(route.destination.map(\.shortText) ?? "default"))
        if route.hops.count == 1, let hop = route.hops.first { add(hop, route.family, to: &members) }
        if route.table != "main" { members.add("table", .string(route.table)) }
        members.add("protocol", route.origin.map { .string($0) })
        members.add("prefsrc", route.preferredSource.map { .string($0.text) })
        if route.metric > 0 { members.add("metric", .int(Int64(route.metric))) }
        if route.isForService { members.add("tos", "0x10") }
        members.add("flags", .list(route.hops.count == 1 && route.hops[0].isDead ? ["dead"] : []))
        if route.hops.count > 1 {
            let hops = route.hops.map { hop in
                var inner = Members()
                add(hop, route.family, to: &inner)
                inner.add("flags", .list(hop.isDead ? ["dead"] : []))
                return inner.datum
            }
            members.add("nexthops", .list(hops))
        }
        return members.datum
    }

    private func add(_ hop: NetworkRoute.Hop, _ family: IPAddress.Family, to members: inout Members) {
        if let gateway = hop.gateway {
            let text = Datum.string(gateway.text)
            if gateway.family == family {
                members.add("gateway", text)
            } else {
                members.add("via", ["family": gateway.family == .ipv4 ? "inet" : "inet6", "host": text])
            }
        }
        members.add("dev", name(hop.linkIndex))
    }
}

/// The members of a mapping, without those that have no value.
struct Members {
    private(set) var list: [Datum.Member] = []

    mutating func add(_ key: String, _ value: Datum?) {
        if let value { list.append(Datum.Member(key, value)) }
    }

    var datum: Datum { .map(list) }
}

extension NetworkAddress {
    var datum: Datum {
        var members = Members()
        members.add("family", address.family == .ipv4 ? "inet" : "inet6")
        members.add("local", .string(address.text))
        members.add("address", peer.map { .string($0.text) })
        members.add("prefixlen", .int(Int64(prefixLength)))
        members.add("scope", .string(scope))
        let flags = [
            ("secondary", isSecondary), ("temporary", isTemporary), ("deprecated", isDeprecated),
            ("tentative", isTentative), ("dadfailed", hasFailed), ("dynamic", isDynamic),
        ]
        for (name, isSet) in flags where isSet { members.add(name, true) }
        members.add("label", label.map { .string($0) })
        members.add("valid_life_time", .int(Int64(validSeconds ?? .max)))
        members.add("preferred_life_time", .int(Int64(preferredSeconds ?? .max)))
        return members.datum
    }
}

extension NetworkRule {
    var datum: Datum {
        var members = Members()
        members.add("priority", .int(Int64(priority)))
        if isConditional { members.add("not", .null) }
        members.add("src", .string(source.map { $0.address.text } ?? "all"))
        if let source, source.length != source.address.family.width {
            members.add("srclen", .int(Int64(source.length)))
        }
        members.add("table", table.map { .string($0) })
        return members.datum
    }
}

extension IPPrefix {
    /// Without its length where it is a single address, as iproute2 prints it.
    var shortText: String { length == address.family.width ? address.text : text }
}
