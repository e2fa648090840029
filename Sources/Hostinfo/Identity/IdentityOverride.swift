public import Values
import YAML

/// What `/etc/hostinfo/identity.yaml` says: the operator's word about serial and address (sn-spec/1 §4, ip-spec/1 I0).
public struct IdentityOverride: Sendable, Hashable {
    /// The machine that a serial was given to.
    public struct Binding: Sendable, Hashable {
        public var uuid: HardwareUUID?
        public var boardSerial: String?
        public var macs: [HardwareAddress]?

        public init() {}
    }

    public static let path = "etc/hostinfo/identity.yaml"

    public var serial: String?
    public var reason: String?
    public var author: String?
    public var binding: Binding?
    public var addresses = AddressPreferences()

    public init() {}

    /// Reads the file; a file with a mistake has no effect, and all its mistakes are in `diagnostics`.
    public init?(reading bytes: [UInt8], from path: String, into diagnostics: inout Diagnostics) {
        var found = Diagnostics()
        defer { diagnostics.add(contentsOf: found) }
        let source = SourceText(bytes, path: path)
        guard let root = YAMLReader.read(source, into: &found) else { return nil }
        read(root, into: &found)
        if found.hasErrors { return nil }
    }

    private mutating func read(_ root: Node, into found: inout Diagnostics) {
        let keys = [
            "sn", "reason", "by", "bound_to", "ip", "interface", "prefer_cidrs", "exclude_cidrs",
            "exclude_interfaces", "prefer_family", "server",
        ]
        let reader = NodeReader(root, allowed: keys, what: "identity.yaml", into: &found)
        let text = "a text", address = "an IP address", network = "a network such as 10.0.0.0/8"
        serial = reader.value("sn", text, into: &found) { $0 }
        reason = reader.value("reason", text, into: &found) { $0 }
        author = reader.value("by", text, into: &found) { $0 }
        binding = reader["bound_to"].map { Binding(reading: $0, into: &found) }
        addresses.address = reader.value("ip", address, into: &found) { IPAddress($0) }
        addresses.interface = reader.value("interface", text, into: &found) { $0 }
        addresses.preferred = reader.values("prefer_cidrs", network, into: &found) { IPPrefix($0) } ?? []
        addresses.excluded = reader.values("exclude_cidrs", network, into: &found) { IPPrefix($0) } ?? []
        addresses.excludedInterfaces = reader.values("exclude_interfaces", "a name", into: &found) { $0 } ?? []
        let family = reader.value("prefer_family", "ipv4 or ipv6", into: &found) { IPAddress.Family(rawValue: $0) }
        addresses.family = family ?? .ipv4
        addresses.server = reader.value("server", address, into: &found) { IPAddress($0) }
    }
}

extension IdentityOverride.Binding {
    fileprivate init(reading node: Node, into found: inout Diagnostics) {
        let keys = ["uuid", "board_serial", "mac_set"]
        let reader = NodeReader(node, allowed: keys, what: "bound_to", into: &found)
        uuid = reader.value("uuid", "a UUID", into: &found) { HardwareUUID(text: $0, isSwapped: true) }
        boardSerial = reader.value("board_serial", "a text", into: &found) { $0 }
        macs = reader.values("mac_set", "a MAC address", into: &found) { HardwareAddress($0) }
        if reader.entries.isEmpty {
            found.add(Diagnostic("expected uuid, board_serial or mac_set, found nothing", at: node.place))
        }
    }
}
