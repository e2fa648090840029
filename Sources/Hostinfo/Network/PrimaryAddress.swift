import Values

/// The primary address of one family, and how it was found.
public struct PrimaryAddress: Sendable, Hashable {
    public var address: NetworkAddress
    /// The device that has the address.
    public var device: NetworkLink
    /// The device of the route; another one than `device` where the address is on the loopback.
    public var routeDevice: NetworkLink
    /// The rule that decided, such as `I4b`.
    public var rule: String
    /// Whether only the index of the interface decided between two default routes.
    public var isAmbiguous = false
    /// Whether there was no default route to decide.
    public var hasNoDefault = false
    /// Where the route comes from, such as `dhcp`; nil without a route.
    public var routeOrigin: String?

    /// The reason of the rule in words.
    public var reason: String { AddressOrder.reason(of: rule) }

    /// How the address was configured: `dhcp`, `autoconf` or `static`.
    public var method: String {
        if address.isDynamic {
            let isAutomatic = address.address.family == .ipv6 && address.prefixLength != 128
            return isAutomatic ? "autoconf" : "dhcp"
        }
        return routeOrigin == "dhcp" ? "dhcp" : "static"
    }
}
