import Values

/// The primary addresses of a host with their reasons (ip-spec/1 I5).
public struct AddressReport: Sendable, Hashable {
    /// Another address, and why it is not the primary one.
    public struct Candidate: Sendable, Hashable {
        public var address: String
        public var device: String
        public var reason: String
    }

    public enum Status: String, Sendable {
        case ok, ambiguous
        case noDefault = "no-default"
        case none
        case overrideAbsent = "override-absent"
    }

    public var ipv4: PrimaryAddress?
    public var ipv6: PrimaryAddress?
    /// The one of the preferred family, else the other.
    public var primary: PrimaryAddress?
    public var status: Status
    /// The permanent address of the card that the primary address stands on.
    public var mac: HardwareAddress?
    public var candidates: [Candidate] = []
    public var gaps: [String]

    public init(_ selection: AddressSelection) {
        let preferences = selection.preferences
        ipv4 = selection.primary(.ipv4)
        ipv6 = selection.primary(.ipv6)
        let isAbsent = selection.isOverrideAbsent
        let named = isAbsent ? preferences.family : preferences.address?.family ?? preferences.family
        primary = named == .ipv4 ? ipv4 ?? ipv6 : ipv6 ?? ipv4
        gaps = selection.layout.gaps
        if isAbsent {
            status = .overrideAbsent
        } else if let primary {
            status = primary.hasNoDefault ? .noDefault : primary.isAmbiguous ? .ambiguous : .ok
        } else {
            status = .none
        }
        if let primary {
            let card = selection.devices.hardware(below: primary.routeDevice).first ?? primary.routeDevice
            mac = card.permanentAddress ?? card.address
        }
        let links = Dictionary(selection.layout.links.map { ($0.index, $0) }, uniquingKeysWith: { first, _ in first })
        let exits = Dictionary(
            uniqueKeysWithValues: IPAddress.Family.allCases.map { family in
                (family, selection.defaults(family, table: "main", through: selection.isEligible))
            })
        candidates = selection.layout.addresses.compactMap { address in
            if address == ipv4?.address || address == ipv6?.address { return nil }
            let device = links[address.linkIndex], family = address.address.family
            return Candidate(
                address: "\(address.address.text)/\(address.prefixLength)", device: device?.name ?? "?",
                reason: selection.reason(
                    against: address, on: device, winner: family == .ipv4 ? ipv4 : ipv6, exits: exits[family] ?? []))
        }
    }
}

extension AddressSelection {
    /// Why an address is not the primary one of its family.
    func reason(
        against address: NetworkAddress, on device: NetworkLink?, winner: PrimaryAddress?, exits: [Exit]
    ) -> String {
        if let refusal = AddressEligibility.refusal(address, excluded: preferences.excluded) { return "I1: \(refusal)" }
        guard let device else { return "I2: its device is not there" }
        if let refusal = devices.refusal(device) { return "I2: \(refusal)" }
        guard let winner else { return "I3: its device is not up" }
        if winner.rule == "I0" { return "I0: the override names another" }
        if winner.rule == "I3-prefer" { return "I3: a preferred network contains another" }
        if winner.rule == "I4a" { return "I4a: the route prefers another source" }
        if winner.routeDevice.index == device.index {
            let exit = exits.first { $0.link.index == device.index }
            let order = AddressOrder(gateways: exit?.gateways ?? [])
            let step = order.step(between: winner.address, and: address)
            return "\(step): \(AddressOrder.shortcoming(of: step))"
        }
        guard let own = exits.first(where: { $0.link.index == device.index }) else {
            return "I3: no default route goes through \(device.name)"
        }
        guard let first = exits.first(where: { $0.link.index == winner.routeDevice.index }) else {
            return "I3: another way was chosen"
        }
        if own.isDead, !first.isDead { return "I3: the default route through \(device.name) is dead" }
        if own.route.metric != first.route.metric {
            return
                "I3: the default route through \(device.name) has metric \(own.route.metric), not \(first.route.metric)"
        }
        return "I3: \(device.name) has the greater index of two equal default routes"
    }
}
