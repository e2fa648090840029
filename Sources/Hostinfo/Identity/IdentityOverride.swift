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

    /// Reads the file; a file with a mistake counts as none, and all its mistakes are in `diagnostics`.
    public init?(reading bytes: [UInt8], from path: String, into diagnostics: inout Diagnostics) {
        var found = Diagnostics()
        defer { diagnostics.add(contentsOf: found) }
        let source = SourceText(bytes, file: SourceFile(path))
        guard let root = YAMLReader.read(source, into: &found) else { return nil }
        var reader = OverrideReader(found)
        read(root, &reader)
        found = reader.diagnostics
        if found.hasErrors { return nil }
    }

    private mutating func read(_ root: Node, _ reader: inout OverrideReader) {
        for entry in reader.entries(of: root, "a mapping of settings") {
            switch entry.key {
            case "sn": serial = reader.text(entry)
            case "reason": reason = reader.text(entry)
            case "by": author = reader.text(entry)
            case "bound_to": binding = readBinding(entry, &reader)
            case "ip": addresses.address = reader.value(entry, "an IP address") { IPAddress($0) }
            case "interface": addresses.interface = reader.text(entry)
            case "prefer_cidrs":
                addresses.preferred = reader.values(entry, "a network such as 10.0.0.0/8") { IPPrefix($0) }
            case "exclude_cidrs":
                addresses.excluded = reader.values(entry, "a network such as 10.0.0.0/8") { IPPrefix($0) }
            case "exclude_interfaces": addresses.excludedInterfaces = reader.values(entry, "a name") { $0 }
            case "prefer_family":
                addresses.family = reader.value(entry, "ipv4 or ipv6") { IPAddress.Family(rawValue: $0) } ?? .ipv4
            case "server": addresses.server = reader.value(entry, "an IP address") { IPAddress($0) }
            default: reader.unknown(entry, among: Self.keys)
            }
        }
    }

    private func readBinding(_ entry: Node.Entry, _ reader: inout OverrideReader) -> Binding {
        var binding = Binding()
        let entries = reader.entries(of: entry.value, "a mapping of what the serial is bound to")
        for entry in entries {
            switch entry.key {
            case "uuid":
                binding.uuid = reader.value(entry, "a UUID") { HardwareUUID(text: $0, isSwapped: true) }
            case "board_serial": binding.boardSerial = reader.text(entry)
            case "mac_set": binding.macs = reader.values(entry, "a MAC address") { HardwareAddress($0) }
            default: reader.unknown(entry, among: ["uuid", "board_serial", "mac_set"])
            }
        }
        if entries.isEmpty { reader.expected("uuid, board_serial or mac_set", found: "nothing", at: entry.value.place) }
        return binding
    }

    private static let keys = [
        "sn", "reason", "by", "bound_to", "ip", "interface", "prefer_cidrs", "exclude_cidrs", "exclude_interfaces",
        "prefer_family", "server",
    ]
}

/// Decodes the nodes of a file of hostinfo and collects what is wrong.
struct OverrideReader {
    private(set) var diagnostics: Diagnostics

    init(_ diagnostics: Diagnostics) {
        self.diagnostics = diagnostics
    }

    mutating func entries(of node: Node, _ expected: String) -> [Node.Entry] {
        switch node.content {
        case .map(let entries): return entries
        case .null: return []
        default:
            self.expected(expected, found: node.found, at: node.place)
            return []
        }
    }

    mutating func text(_ entry: Node.Entry) -> String? { value(entry, "a text") { $0 } }

    mutating func value<Value>(_ entry: Node.Entry, _ expected: String, _ decode: (String) -> Value?) -> Value? {
        value(of: entry.value, named: entry.key, expected, decode)
    }

    mutating func values<Value>(_ entry: Node.Entry, _ expected: String, _ decode: (String) -> Value?) -> [Value] {
        guard case .list(let nodes) = entry.value.content else {
            self.expected("a list", found: entry.value.found, at: entry.value.place, of: entry.key)
            return []
        }
        guard nodes.count <= 1000 else {
            self.expected("at most 1000 values", found: "\(nodes.count)", at: entry.value.place, of: entry.key)
            return []
        }
        return nodes.compactMap { value(of: $0, named: entry.key, expected, decode) }
    }

    private mutating func value<Value>(
        of node: Node, named name: String, _ expected: String, _ decode: (String) -> Value?
    ) -> Value? {
        if let text = node.text, let value = decode(text) { return value }
        self.expected(expected, found: node.found, at: node.place, of: name)
        return nil
    }

    mutating func expected(_ expected: String, found: String, at place: Place, of name: String? = nil) {
        let prefix = name.map { "`\($0)`: " } ?? ""
        diagnostics.add(Diagnostic("\(prefix)expected \(expected), found \(found)", at: place))
    }

    mutating func unknown(_ entry: Node.Entry, among names: [String]) {
        diagnostics.add(
            Diagnostic(
                "expected a known setting, found `\(entry.key)`", at: entry.keyPlace,
                hint: Spelling.hint(for: entry.key, among: names) ?? "known are \(names.joined(separator: ", "))"))
    }
}
