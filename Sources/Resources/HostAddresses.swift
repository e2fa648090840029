public import Model

/// One address, or one of each family.
public struct HostAddresses: Sendable, Hashable, FieldValue {
    /// IPv4 first.
    public let addresses: [IPAddress]

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "an address such as 192.0.2.7, or one of IPv4 and one of IPv6"
        var items = [node]
        if case .list(let list) = node.content { items = list }
        var addresses: [IPAddress] = []
        for item in items {
            guard let text = item.text, let address = IPAddress(text) else {
                throw DecodingFault(item, expected: expected)
            }
            guard address.unmapped == address else {
                throw DecodingFault(item, expected: expected, hint: "write \(address.unmapped.text)")
            }
            guard !addresses.contains(where: { $0.family == address.family }) else {
                throw DecodingFault(at: item.place, expected: expected, found: "two of \(address.family)")
            }
            addresses.append(address)
        }
        guard !addresses.isEmpty else { throw DecodingFault(node, expected: expected) }
        self.addresses = addresses.sorted()
    }

    public static var shape: Shape { .either([.text(pattern: nil), .list(.text(pattern: nil))]) }

    /// One address as a text, two as a list.
    public var rendered: Node.Content {
        guard addresses.count > 1 else { return .string(addresses[0].text) }
        return .list(addresses.map { Node(.string($0.text), at: .nowhere) })
    }

    public var shown: ShownText { .text(addresses.map(\.text).joined(separator: ", ")) }
}
