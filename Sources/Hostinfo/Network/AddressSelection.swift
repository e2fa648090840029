public import Values

/// Finds the primary address of each family by ip-spec/1.
public struct AddressSelection: Sendable {
    public let layout: NetworkLayout
    public let preferences: AddressPreferences
    let devices: DeviceEligibility

    public init(_ layout: NetworkLayout, _ preferences: AddressPreferences = AddressPreferences()) {
        self.layout = layout
        self.preferences = preferences
        devices = DeviceEligibility(layout, excluded: preferences.excludedInterfaces)
    }

    /// The primary address of a family; nil when no rule finds one.
    public func primary(_ family: IPAddress.Family) -> PrimaryAddress? {
        overridden(family) ?? preferred(family) ?? main(family) ?? ruled(family) ?? towardsServer(family)
            ?? first(family)
    }

    /// Whether the override names something that this host has not.
    public var isOverrideAbsent: Bool {
        guard preferences.address != nil || preferences.interface != nil else { return false }
        return IPAddress.Family.allCases.allSatisfy { overridden($0) == nil }
    }

    /// The eligible addresses of a device.
    func eligible(on link: NetworkLink, _ family: IPAddress.Family) -> [NetworkAddress] {
        layout.addresses.filter {
            $0.linkIndex == link.index && $0.address.family == family
                && AddressEligibility.refusal($0, excluded: preferences.excluded) == nil
        }
    }

    func best(
        on link: NetworkLink, _ family: IPAddress.Family, gateways: [IPAddress], alone rule: String
    ) -> (address: NetworkAddress, rule: String)? {
        let order = AddressOrder(gateways: gateways)
        let sorted = order.sorted(eligible(on: link, family))
        guard let first = sorted.first else { return nil }
        guard sorted.count > 1 else { return (first, rule) }
        return (first, order.step(between: first, and: sorted[1]))
    }
}
