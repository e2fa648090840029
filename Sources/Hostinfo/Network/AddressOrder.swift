import Values

/// The order of the addresses on one device (ip-spec/1 I4 b to g).
struct AddressOrder {
    let gateways: [IPAddress]

    /// The steps in their order, each with a claim that the better address fulfils. The letters are names that stay.
    private static let steps = ["I4b", "I4d", "I4c", "I4e", "I4f"]

    /// The addresses, the best first.
    func sorted(_ addresses: [NetworkAddress]) -> [NetworkAddress] {
        addresses.sorted { left, right in
            let first = shortcomings(of: left), second = shortcomings(of: right)
            if first != second { return first.lexicographicallyPrecedes(second) { !$0 && $1 } }
            return left.address < right.address
        }
    }

    /// The first step in which two addresses differ.
    func step(between left: NetworkAddress, and right: NetworkAddress) -> String {
        let first = shortcomings(of: left), second = shortcomings(of: right)
        return zip(Self.steps, zip(first, second)).first { $0.1.0 != $0.1.1 }?.0 ?? "I4g"
    }

    private func shortcomings(of address: NetworkAddress) -> [Bool] {
        return [
            !gateways.contains { gateway in address.prefix?.contains(gateway) ?? false },
            address.address.isUniqueLocal,
            // Alone or among its like the address loses to no other. A lease may be as long: virtual addresses are not leased.
            address.prefixLength == address.address.family.width && !address.isDynamic,
            address.isSecondary,
            address.isDynamic,
        ]
    }

    /// What a step means, in words: why the winner came first.
    static func reason(of step: String) -> String {
        switch step {
        case "I0": "the override names it"
        case "I3": "it is the only eligible address of the device of the default route"
        case "I3-rules": "it is on the device of the default route in a table of source rules"
        case "I3-server": "it is the source towards the configured server"
        case "I3-no-default": "there is no default route: the first interface that is up"
        case "I3-prefer": "a preferred network contains it"
        case "I4a": "it is the preferred source of the route"
        case "I4b": "its prefix contains the gateway"
        case "I4c": "the other is a single address without a network, as virtual ones are"
        case "I4d": "a global address comes before a unique local one"
        case "I4e": "the other is a secondary address"
        case "I4f": "the other is dynamic"
        default: "it is the numerically lowest"
        }
    }

    /// What another address lacks that lost by a step, in words.
    static func shortcoming(of step: String) -> String {
        switch step {
        case "I4b": "its prefix does not contain the gateway"
        case "I4c": "it is a single address without a network, as virtual ones are"
        case "I4d": "it is unique local and the primary one is global"
        case "I4e": "it is a secondary address"
        case "I4f": "it is dynamic and the primary one permanent"
        default: "it is numerically greater"
        }
    }
}
