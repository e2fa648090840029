import Hostinfo

/// Messages of rtnetlink as a kernel of this machine sends them: a card, a VLAN on it, two addresses, a default route
/// with next hops, one with a gateway of IPv6, a rule.
enum NetlinkSamples {
    static func little(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

    static func attribute(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        let length = value.count + 4
        return [UInt8(length & 0xFF), UInt8(length >> 8), UInt8(type & 0xFF), UInt8(type >> 8)] + value
            + [UInt8](repeating: 0, count: (4 - length % 4) % 4)
    }

    static func message(_ type: UInt16, _ body: [UInt8]) -> [UInt8] {
        little(UInt32(body.count + 16)) + [UInt8(type & 0xFF), UInt8(type >> 8), 2, 0] + little(UInt32(type))
            + little(0)
            + body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
    }

    static func name(_ text: String) -> [UInt8] { attribute(3, Array(text.utf8) + [0]) }

    static let links =
        message(
            16,
            [0, 0, 1, 0] + little(2) + little(0x11043) + little(0) + name("eth0")
                + attribute(1, [60, 236, 239, 0, 0, 9])
                + attribute(54, [60, 236, 239, 0, 0, 1]) + attribute(16, [6]) + attribute(57, Array("pci".utf8) + [0]))
        + message(
            16,
            [0, 0, 1, 0] + little(3) + little(0x11043) + little(0) + name("eth0.7") + attribute(5, little(2))
                + attribute(18 | 0x8000, attribute(1, Array("vlan".utf8) + [0])) + attribute(16, [6]))
    static let addresses =
        message(20, [2, 24, 0x80, 0] + little(3) + attribute(1, [10, 7, 0, 5]) + attribute(2, [10, 7, 0, 5]))
        + message(
            20,
            [10, 64, 0x01, 0] + little(3)
                + attribute(1, [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [7])
                + attribute(6, little(100) + little(200) + little(0) + little(0)) + attribute(8, little(0x01)))
        + message(
            20,
            [10, 64, 0x80, 0] + little(3)
                + attribute(1, [0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [5]))
    static let routes4 =
        message(
            24,
            [2, 0, 0, 0, 254, 16, 0, 1] + little(0) + attribute(15, little(254)) + attribute(6, little(100))
                + attribute(9, [16, 0, 0, 0] + little(3) + attribute(5, [10, 7, 0, 1])))
        + message(
            24,
            [2, 0, 0, 0, 254, 186, 0, 1] + little(0) + attribute(4, little(3)) + attribute(6, little(200))
                + attribute(18, [10, 0, 0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]))
    static let routes6 = message(
        24,
        [10, 0, 0, 0, 254, 9, 0, 1] + little(0) + attribute(4, little(3)) + attribute(6, little(1024))
            + attribute(5, [0xFE, 0x80] + [UInt8](repeating: 0, count: 13) + [1]))
    static let rules4 = message(
        32, [2, 0, 32, 0, 100, 0, 0, 1] + little(0) + attribute(2, [10, 7, 0, 5]) + attribute(6, little(1000)))

    static let all = [
        "links": links, "addresses": addresses, "routes4": routes4, "routes6": routes6, "rules4": rules4,
    ]

    static func dumps(_ parts: [String: [UInt8]]) -> NetworkLayout.Dumps {
        NetworkLayout.Dumps(
            links: parts["links"], addresses: parts["addresses"], routes4: parts["routes4"], routes6: parts["routes6"],
            rules4: parts["rules4"], rules6: parts["rules6"])
    }
}
