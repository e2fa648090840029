import Values

extension NetworkRoute {
    /// Reads a struct rtmsg with its attributes (linux/rtnetlink.h); nil for a cached route.
    init?(message: NetlinkFields) {
        guard let family = IPAddress.Family(number: message.byte(0)), let length = message.byte(1),
            let service = message.byte(3), let short = message.byte(4), let origin = message.byte(5),
            let type = message.byte(7), let bits = message.doubleWord(8), bits & 0x200 == 0
        else { return nil }
        let attributes = message.attributes(from: 12)
        var destination: IPPrefix?
        if length > 0 {
            guard let address = attributes[1]?.address, let prefix = IPPrefix(address, length: Int(length)) else {
                return nil
            }
            destination = prefix
        }
        self.init(family: family, destination: destination)
        self.type = Self.types.indices.contains(Int(type)) ? Self.types[Int(type)] : String(type)
        table = RoutingNames.table(String(attributes[15]?.number ?? UInt32(short)))
        metric = attributes[6]?.number ?? 0
        isForService = service != 0
        self.origin = Self.origins[origin] ?? String(origin)
        preferredSource = attributes[7]?.address
        if let hops = attributes[9] {
            self.hops = Self.hops(in: hops)
        } else if let index = attributes[4]?.number {
            hops = [
                Hop(linkIndex: Int(index), gateway: Self.gateway(attributes), isDead: bits & 0x11 != 0)
            ]
        }
    }

    /// A chain of struct rtnexthop.
    private static func hops(in fields: NetlinkFields) -> [Hop] {
        var hops: [Hop] = []
        var position = 0
        while let length = fields.word(position), let bits = fields.byte(position + 2),
            let index = fields.doubleWord(position + 4), length >= 8,
            let rest = fields.slice(from: position + 8, count: Int(length) - 8)
        {
            // RTNH_F_DEAD and RTNH_F_LINKDOWN.
            hops.append(
                Hop(linkIndex: Int(index), gateway: gateway(rest.attributes(from: 0)), isDead: bits & 0x11 != 0))
            position += (Int(length) + 3) & ~3
        }
        return hops
    }

    /// RTA_GATEWAY, or RTA_VIA: a family and an address of it.
    private static func gateway(_ attributes: NetlinkAttributes) -> IPAddress? {
        if let gateway = attributes[5]?.address { return gateway }
        guard let via = attributes[18], via.count > 2 else { return nil }
        return via.slice(from: 2, count: via.count - 2)?.address
    }

    private static let types = [
        "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit",
        "throw", "nat",
    ]
    /// `/etc/iproute2/rt_protos`.
    private static let origins: [UInt8: String] = [
        1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 11: "zebra", 12: "bird", 16: "dhcp",
        42: "babel", 186: "bgp", 187: "isis", 188: "ospf", 189: "rip", 192: "eigrp",
    ]
}

extension NetworkRule {
    /// Reads a struct fib_rule_hdr with its attributes (linux/fib_rules.h).
    init?(message: NetlinkFields) {
        guard let family = IPAddress.Family(number: message.byte(0)), let destinationLength = message.byte(1),
            let sourceLength = message.byte(2), let service = message.byte(3), let short = message.byte(4),
            let action = message.byte(7), let bits = message.doubleWord(8)
        else { return nil }
        let attributes = message.attributes(from: 12)
        var source: IPPrefix?
        if sourceLength > 0, let address = attributes[2]?.address {
            source = IPPrefix(address, length: Int(sourceLength))
        }
        let table = attributes[15]?.number ?? UInt32(short)
        self.init(
            family: family, priority: attributes[6]?.number ?? 0, source: source,
            // FR_ACT_TO_TBL; a rule for layer 3 master devices has no table of its own (RT_TABLE_UNSPEC).
            table: action == 1 && table != 0 ? RoutingNames.table(String(table)) : nil)
        // Interfaces, mark, tunnel, l3mdev, users, protocol and ports; FIB_RULE_INVERT.
        let conditions: [UInt16] = [3, 10, 12, 17, 20, 22, 23, 24]
        isConditional =
            bits & 0x2 != 0 || destinationLength > 0 || service > 0 || conditions.contains { attributes[$0] != nil }
            || attributes[19]?.byte(0) ?? 0 != 0
    }
}

extension IPAddress.Family {
    /// AF_INET or AF_INET6.
    init?(number: UInt8?) {
        switch number {
        case 2: self = .ipv4
        case 10: self = .ipv6
        default: return nil
        }
    }
}
