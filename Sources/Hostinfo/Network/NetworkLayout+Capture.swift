public import Values

extension NetworkLayout {
    /// Reads a capture: what `ip -d -j link`, `ip -j addr`, `ip -j route show table all` and `ip -j rule` print, under `link`,
    /// `addr`, `route4`, `route6`, `rule4`, `rule6`, and the names of the devices with a hardware parent under `hardware`.
    ///
    /// What is missing or has another shape is a gap.
    public init(capture: Datum) {
        self.init()
        for name in ["link", "addr", "route4", "route6"] where capture[name] == nil {
            gaps.append("the capture has no `\(name)`")
        }
        let hardware = capture["hardware"]?.items?.compactMap(\.text)
        if hardware == nil { gaps.append("the capture has no `hardware`: devices without a kind are taken for such") }
        let maps = (capture["link"]?.items ?? []).filter { $0["ifname"]?.text != nil }
        links = maps.enumerated().compactMap { NetworkLink(capture: $0.element, position: $0.offset) }
        let indices = Dictionary(links.map { ($0.name, $0.index) }, uniquingKeysWith: { first, _ in first })
        for (position, map) in maps.enumerated() where links.indices.contains(position) {
            Self.resolve(&links[position], map, hardware, indices)
        }
        readAddresses(capture["addr"]?.items ?? [], indices)
        for (key, family) in [("route4", IPAddress.Family.ipv4), ("route6", .ipv6)] {
            routes += (capture[key]?.items ?? []).compactMap { Self.route(capture: $0, family, indices) }
        }
        for (key, family) in [("rule4", IPAddress.Family.ipv4), ("rule6", .ipv6)] {
            rules += (capture[key]?.items ?? []).compactMap { NetworkRule(capture: $0, family) }
        }
    }

    private static func resolve(
        _ link: inout NetworkLink, _ map: Datum, _ hardware: [String]?, _ indices: [String: Int]
    ) {
        link.masterIndex = map["master"]?.text.flatMap { indices[$0] } ?? map["master_index"]?.number
        link.isLowerElsewhere = map["link_netnsid"] != nil
        link.lowerIndex = map["link"]?.text.flatMap { indices[$0] } ?? map["link_index"]?.number
        link.isHardware =
            hardware?.contains(link.name) ?? (link.kind == nil && !link.isLoopback && map["link_type"]?.text == "ether")
    }

    private mutating func readAddresses(_ maps: [Datum], _ indices: [String: Int]) {
        for map in maps {
            guard let index = map["ifindex"]?.number ?? map["ifname"]?.text.flatMap({ indices[$0] }) else { continue }
            for info in map["addr_info"]?.items ?? [] {
                if let address = NetworkAddress(capture: info, linkIndex: index) { addresses.append(address) }
            }
        }
    }

    private static func route(
        capture map: Datum, _ family: IPAddress.Family, _ indices: [String: Int]
    ) -> NetworkRoute? {
        guard let text = map["dst"]?.text else { return nil }
        var destination = text == "default" ? nil : IPPrefix(text)
        if text != "default", destination == nil { return nil }
        if destination?.length == 0 { destination = nil }
        var route = NetworkRoute(family: family, destination: destination)
        route.type = map["type"]?.text ?? "unicast"
        route.table = RoutingNames.table(map["table"]?.text ?? map["table"]?.number.map { String($0) } ?? "main")
        route.metric = map["metric"]?.number.flatMap { UInt32(exactly: $0) } ?? 0
        route.isForService = map["tos"] != nil
        route.origin = map["protocol"]?.text
        route.preferredSource = map["prefsrc"]?.text.flatMap { IPAddress($0) }
        let isDead = isDead(map)
        if let hops = map["nexthops"]?.items {
            route.hops = hops.map { hop($0, isDead: isDead, indices) }
        } else if map["dev"] != nil {
            route.hops = [hop(map, isDead: isDead, indices)]
        }
        return route
    }

    private static func hop(_ map: Datum, isDead: Bool, _ indices: [String: Int]) -> NetworkRoute.Hop {
        let gateway = map["gateway"]?.text ?? map["via"]?["host"]?.text
        return NetworkRoute.Hop(
            linkIndex: map["dev"]?.text.flatMap { indices[$0] }, gateway: gateway.flatMap { IPAddress($0) },
            isDead: isDead || Self.isDead(map))
    }

    private static func isDead(_ map: Datum) -> Bool {
        map["flags"]?.items?.contains { $0.text == "dead" || $0.text == "linkdown" } ?? false
    }
}

extension NetworkLink {
    init?(capture map: Datum, position: Int) {
        guard let name = map["ifname"]?.text else { return nil }
        self.init(index: map["ifindex"]?.number ?? position + 1, name: name)
        kind = map["linkinfo"]?["info_kind"]?.text
        flags = map["flags"]?.items?.compactMap(\.text) ?? []
        state = map["operstate"]?.text
        isLoopback = flags.contains("LOOPBACK") || map["link_type"]?.text == "loopback"
        isUp = flags.contains("UP")
        hasCarrier = isUp && !flags.contains("NO-CARRIER") && state != "DOWN" && state != "LOWERLAYERDOWN"
        address = map["address"]?.text.flatMap { HardwareAddress($0) }
        permanentAddress = map["permaddr"]?.text.flatMap { HardwareAddress($0) }
        mtu = map["mtu"]?.number
        bus = map["parentbus"]?.text
        type = map["link_type"]?.text
    }
}

extension NetworkAddress {
    init?(capture map: Datum, linkIndex: Int) {
        guard let address = map["local"]?.text.flatMap({ IPAddress($0) }) else { return nil }
        let length = map["prefixlen"]?.number ?? address.family.width
        guard (0...address.family.width).contains(length) else { return nil }
        self.init(linkIndex: linkIndex, address: address, prefixLength: length)
        func isSet(_ name: String) -> Bool { map[name] == .bool(true) }
        peer = map["address"]?.text.flatMap { IPAddress($0) }
        scope = map["scope"]?.text ?? map["scope"]?.number.map { $0 == 0 ? "global" : String($0) } ?? "global"
        isTentative = isSet("tentative")
        hasFailed = isSet("dadfailed")
        preferredSeconds = Self.seconds(map["preferred_life_time"])
        validSeconds = Self.seconds(map["valid_life_time"])
        isDeprecated = isSet("deprecated") || preferredSeconds == 0
        // One bit of the kernel means temporary for IPv6 and secondary for IPv4 (IFA_F_TEMPORARY, IFA_F_SECONDARY).
        isTemporary = isSet("temporary") || address.family == .ipv6 && isSet("secondary")
        isSecondary = isSet("secondary") && address.family == .ipv4
        isDynamic = isSet("dynamic")
        label = map["label"]?.text
    }

    /// Seconds of a life; nil for ever (all ones).
    private static func seconds(_ value: Datum?) -> UInt32? {
        value?.number.flatMap { UInt32(exactly: $0) }.flatMap { $0 == .max ? nil : $0 }
    }
}

extension NetworkRule {
    /// What a rule may ask for beside the source of a packet (ip-rule(8)).
    private static let conditions: Set<String> = [
        "not", "dst", "fwmark", "iif", "oif", "tos", "dsfield", "ipproto", "sport", "dport", "sport_start",
        "dport_start", "uid_start", "l3mdev", "tun_id", "goto", "nop",
    ]

    init?(capture map: Datum, _ family: IPAddress.Family) {
        guard case .map(let members) = map, let priority = map["priority"]?.number.flatMap({ UInt32(exactly: $0) })
        else { return nil }
        var source: IPPrefix?
        if let text = map["src"]?.text, text != "all" {
            let length = map["srclen"]?.number
            source = IPPrefix(text)
            if let address = IPAddress(text), let length { source = IPPrefix(address, length: length) }
        }
        if source?.length == 0 { source = nil }
        let table = map["table"]?.text ?? map["table"]?.number.map { String($0) }
        let action = map["action"]?.text
        self.init(
            family: family, priority: priority, source: source,
            table: action == nil || action == "to_tbl" ? table.map(RoutingNames.table) : nil)
        isConditional = members.contains { Self.conditions.contains($0.key) }
    }
}

/// The names of routing tables and of what they hold (rtnetlink(7), `/etc/iproute2`).
enum RoutingNames {
    /// The common name of a table that may be written as a number.
    static func table(_ text: String) -> String {
        switch text {
        case "254": "main"
        case "255": "local"
        case "253": "default"
        default: text
        }
    }
}

extension Datum {
    var items: [Datum]? {
        if case .list(let items) = self { items } else { nil }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var number: Int? {
        if case .int(let number) = self { Int(exactly: number) } else { nil }
    }
}
