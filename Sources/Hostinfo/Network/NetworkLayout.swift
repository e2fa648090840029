public import Values

/// Everything of a network that the primary address depends on: what the kernel tells by netlink, or a capture of it.
public struct NetworkLayout: Sendable, Hashable {
    public var links: [NetworkLink] = []
    public var addresses: [NetworkAddress] = []
    public var routes: [NetworkRoute] = []
    public var rules: [NetworkRule] = []
    /// The parts that could not be read, in words.
    public var gaps: [String] = []

    public init() {}

    public func link(_ index: Int) -> NetworkLink? { links.first { $0.index == index } }
    public func link(named name: String) -> NetworkLink? { links.first { $0.name == name } }
}

/// One network device.
public struct NetworkLink: Sendable, Hashable {
    public var index: Int
    public var name: String
    /// The kind of device, such as `vlan`; nil for a device that no driver of the network stack made.
    public var kind: String?
    /// The index of the device that this one is enslaved to.
    public var masterIndex: Int?
    /// The index of the device below, where the kernel tells one.
    public var lowerIndex: Int?
    /// Whether the device below is in another network namespace.
    public var isLowerElsewhere = false
    public var isLoopback = false
    public var isUp = false
    public var hasCarrier = false
    /// Whether it has a hardware parent (`/sys/class/net/NAME/device`).
    public var isHardware = false
    public var address: HardwareAddress?
    /// The address that the card was made with; nil where the kernel does not say.
    public var permanentAddress: HardwareAddress?
    public var mtu: Int?
    /// The bus of the hardware parent, such as `pci`; nil where the kernel does not say.
    public var bus: String?
    /// The kind of hardware, such as `ether`.
    public var type: String?
    /// The operational state of RFC 2863, such as `UP`.
    public var state: String?
    /// The names of the flags as iproute2 prints them.
    public var flags: [String] = []

    public init(index: Int, name: String) {
        self.index = index
        self.name = name
    }
}

/// One address of a device.
public struct NetworkAddress: Sendable, Hashable {
    public var linkIndex: Int
    public var address: IPAddress
    public var prefixLength: Int
    /// The other end of a point-to-point link, which the prefix belongs to.
    public var peer: IPAddress?
    /// The scope, such as `global`, `link`, `host`.
    public var scope = "global"
    public var isTentative = false
    public var hasFailed = false
    public var isDeprecated = false
    public var isTemporary = false
    public var isSecondary = false
    /// Whether it has a limited life, such as a lease of DHCP.
    public var isDynamic = false
    /// Seconds; nil for ever.
    public var validSeconds: UInt32?
    public var preferredSeconds: UInt32?
    public var label: String?

    public init(linkIndex: Int, address: IPAddress, prefixLength: Int) {
        self.linkIndex = linkIndex
        self.address = address
        self.prefixLength = prefixLength
    }

    /// The network that is reached directly through this address.
    public var prefix: IPPrefix? { IPPrefix(peer ?? address, length: prefixLength) }
}

/// One route.
public struct NetworkRoute: Sendable, Hashable {
    /// One way to its destination.
    public struct Hop: Sendable, Hashable {
        public var linkIndex: Int?
        public var gateway: IPAddress?
        /// Whether the kernel marks it `dead` or `linkdown`.
        public var isDead = false

        public init(linkIndex: Int?, gateway: IPAddress?, isDead: Bool = false) {
            self.linkIndex = linkIndex
            self.gateway = gateway
            self.isDead = isDead
        }
    }

    public var family: IPAddress.Family
    /// nil for a default route.
    public var destination: IPPrefix?
    /// The kind of route, such as `unicast`, `unreachable`.
    public var type = "unicast"
    /// The table, such as `main` or `100`.
    public var table = "main"
    public var metric: UInt32 = 0
    /// Only for packets of one type of service.
    public var isForService = false
    /// The protocol that made the route, such as `dhcp`, `static`, `kernel`, `ra`.
    public var origin: String?
    public var preferredSource: IPAddress?
    public var hops: [Hop] = []

    public init(family: IPAddress.Family, destination: IPPrefix?) {
        self.family = family
        self.destination = destination
    }
}

/// One rule of policy routing.
public struct NetworkRule: Sendable, Hashable {
    public var family: IPAddress.Family
    public var priority: UInt32
    /// nil for `from all`.
    public var source: IPPrefix?
    /// nil where the rule looks up no table.
    public var table: String?
    /// Whether it also asks for something that ordinary traffic of the host has not: a mark, an interface, a port.
    public var isConditional = false

    public init(family: IPAddress.Family, priority: UInt32, source: IPPrefix?, table: String?) {
        self.family = family
        self.priority = priority
        self.source = source
        self.table = table
    }
}
