import Values

/// Which addresses may be the primary one (ip-spec/1 I1).
enum AddressEligibility {
    /// Why an address is not eligible; nil when it is.
    static func refusal(_ address: NetworkAddress, excluded: [IPPrefix]) -> String? {
        let ip = address.address
        if ip.isIn(IPAddress.loopbacks) { return "a loopback address" }
        if ip.isIn(IPAddress.linkLocals) { return "a link-local address" }
        if ip.isIn(IPAddress.groups) { return "a multicast address" }
        if ip.isIn(IPAddress.unspecified) { return "no address of a host" }
        if address.scope != "global" { return "its scope is \(address.scope)" }
        if address.hasFailed { return "another host has it (dadfailed)" }
        if address.isTentative { return "it is tentative" }
        if address.isDeprecated { return "it is deprecated" }
        if address.isTemporary { return "it is temporary" }
        if let prefix = excluded.first(where: { $0.contains(ip) }) { return "it is in the excluded \(prefix.text)" }
        return nil
    }
}
