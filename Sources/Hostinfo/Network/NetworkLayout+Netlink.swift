import Values

extension NetworkLayout {
    /// The dumps of rtnetlink that a layout is made of; nil where one could not be had.
    public struct Dumps: Sendable {
        public var links, addresses, routes4, routes6, rules4, rules6: [UInt8]?

        public init(
            links: [UInt8]?, addresses: [UInt8]?, routes4: [UInt8]?, routes6: [UInt8]?, rules4: [UInt8]?,
            rules6: [UInt8]?
        ) {
            self.links = links
            self.addresses = addresses
            self.routes4 = routes4
            self.routes6 = routes6
            self.rules4 = rules4
            self.rules6 = rules6
        }
    }

    /// Reads dumps of rtnetlink.
    ///
    /// - Parameter isHardware: whether a device has a hardware parent, where the kernel's answer does not tell.
    public init(_ dumps: Dumps, isHardware: (String) -> Bool) {
        self.init()
        each(dumps.links, "links", 16) { layout, body in
            if var link = NetworkLink(message: body) {
                if !link.isHardware { link.isHardware = isHardware(link.name) }
                layout.links.append(link)
            }
        }
        each(dumps.addresses, "addresses", 20) { layout, body in
            if let address = NetworkAddress(message: body) { layout.addresses.append(address) }
        }
        for dump in [dumps.routes4, dumps.routes6] {
            each(dump, "routes", 24) { layout, body in
                if let route = NetworkRoute(message: body) { layout.routes.append(route) }
            }
        }
        for dump in [dumps.rules4, dumps.rules6] {
            each(dump, "rules", 32) { layout, body in
                if let rule = NetworkRule(message: body) { layout.rules.append(rule) }
            }
        }
    }

    private mutating func each(
        _ dump: [UInt8]?, _ name: String, _ type: UInt16, _ take: (inout NetworkLayout, NetlinkFields) -> Void
    ) {
        guard let dump else { return }
        let parsed = NetlinkMessages(dump)
        for message in parsed.messages where message.type == type { take(&self, message.body) }
        if let gap = parsed.gap { gaps.append("\(name): \(gap)") }
    }
}

extension NetworkLink {
    /// Reads a struct ifinfomsg with its attributes (linux/if_link.h).
    init?(message: NetlinkFields) {
        guard let type = message.word(2), let index = message.doubleWord(4), let bits = message.doubleWord(8),
            let index = Int(exactly: index)
        else { return nil }
        let attributes = message.attributes(from: 16)
        guard let name = attributes[3]?.text, !name.isEmpty else { return nil }
        self.init(index: index, name: name)
        kind = attributes[18]?.attributes(from: 0)[1]?.text
        address = attributes[1].flatMap { HardwareAddress(bytes: Array($0.bytes)) }
        permanentAddress = attributes[54].flatMap { HardwareAddress(bytes: Array($0.bytes)) }
        mtu = attributes[4]?.number.map { Int($0) }
        lowerIndex = attributes[5]?.number.flatMap { $0 == 0 || Int($0) == index ? nil : Int($0) }
        isLowerElsewhere = attributes[37] != nil
        masterIndex = attributes[10]?.number.map { Int($0) }
        bus = attributes[57]?.text
        isHardware = attributes[56] != nil || attributes[57] != nil
        self.type = Self.types[type]
        state = attributes[16]?.byte(0).flatMap { Self.states.indices.contains(Int($0)) ? Self.states[Int($0)] : nil }
        isLoopback = bits & 0x8 != 0
        isUp = bits & 0x1 != 0
        let isRunning = bits & 0x40 != 0
        flags = Self.flagNames.filter { bits & $0.bit != 0 }.map(\.name)
        if isUp, !isRunning { flags.insert("NO-CARRIER", at: 0) }
        hasCarrier = isUp && isRunning && state != "DOWN" && state != "LOWERLAYERDOWN"
    }

    /// In the order of iproute2 (linux/if.h).
    private static let flagNames: [(bit: UInt32, name: String)] = [
        (0x8, "LOOPBACK"), (0x2, "BROADCAST"), (0x10, "POINTOPOINT"), (0x1000, "MULTICAST"), (0x80, "NOARP"),
        (0x200, "ALLMULTI"), (0x100, "PROMISC"), (0x400, "MASTER"), (0x800, "SLAVE"), (0x4, "DEBUG"),
        (0x8000, "DYNAMIC"), (0x4000, "AUTOMEDIA"), (0x2000, "PORTSEL"), (0x20, "NOTRAILERS"), (0x1, "UP"),
        (0x10000, "LOWER_UP"), (0x20000, "DORMANT"), (0x40000, "ECHO"),
    ]
    /// RFC 2863, as the kernel numbers them (linux/if.h).
    private static let states = [
        "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP",
    ]
    /// linux/if_arp.h.
    private static let types: [UInt16: String] = [
        1: "ether", 32: "infiniband", 512: "ppp", 768: "ipip", 769: "tunnel6", 772: "loopback", 776: "sit", 778: "gre",
        823: "gre6", 824: "netlink", 0xFFFE: "none",
    ]
}

extension NetworkAddress {
    /// Reads a struct ifaddrmsg with its attributes (linux/if_addr.h).
    init?(message: NetlinkFields) {
        guard let length = message.byte(1), let short = message.byte(2), let scope = message.byte(3),
            let index = message.doubleWord(4)
        else { return nil }
        let attributes = message.attributes(from: 8)
        let far = attributes[1]?.address, near = attributes[2]?.address
        guard let address = near ?? far, Int(length) <= address.family.width else { return nil }
        self.init(linkIndex: Int(index), address: address, prefixLength: Int(length))
        if let far, far != address { peer = far }
        self.scope = Self.scopes[scope] ?? String(scope)
        let bits = attributes[8]?.number ?? UInt32(short)
        isTemporary = bits & 0x01 != 0 && address.family == .ipv6
        isSecondary = bits & 0x01 != 0 && address.family == .ipv4
        hasFailed = bits & 0x08 != 0
        isTentative = bits & 0x40 != 0
        isDynamic = bits & 0x80 == 0
        // struct ifa_cacheinfo: preferred, then valid; all ones for ever.
        preferredSeconds = attributes[6]?.doubleWord(0).flatMap { $0 == .max ? nil : $0 }
        validSeconds = attributes[6]?.doubleWord(4).flatMap { $0 == .max ? nil : $0 }
        isDeprecated = bits & 0x20 != 0 || preferredSeconds == 0
        label = attributes[3]?.text
    }

    /// linux/rtnetlink.h.
    private static let scopes: [UInt8: String] = [0: "global", 200: "site", 253: "link", 254: "host", 255: "nowhere"]
}
