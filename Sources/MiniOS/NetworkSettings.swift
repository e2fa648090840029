import Values

/// What the kernel's command line says of the network: `ip=` in the kernel's form (Documentation/admin-guide/nfs/nfsroot.rst of Linux),
/// which Debian's kernels leave to others, and `BOOTIF=`, by which iPXE and PXELINUX tell the card that was booted from.
public struct NetworkSettings: Sendable, Hashable {
    /// An address that is given and not asked for.
    public struct Address: Sendable, Hashable {
        /// With the length of its prefix, such as `192.0.2.7/24`.
        public var text: String
        public var gateway: String?
        public var nameServers: [String]
    }

    /// The hardware address of the card, in lower case with colons; nil: any.
    public var card: String?
    /// The name of the card; nil: any.
    public var device: String?
    /// nil: asked for by DHCP.
    public var address: Address?
    /// Why the words cannot be used; nil where they can.
    public private(set) var fault: String?

    public init(_ arguments: KernelArguments) {
        if let value = arguments.value(of: "BOOTIF") {
            // The first of seven numbers is the kind of hardware: 01 is Ethernet.
            let numbers = value.lowercased().split { $0 == "-" || $0 == ":" }
            let isAddress = numbers.count == 7 && numbers.allSatisfy { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }
            if isAddress {
                card = numbers.dropFirst().joined(separator: ":")
            } else {
                fault = "BOOTIF: expected 01 and a hardware address, such as 01-52-54-00-12-34-56, found `\(value)`"
            }
        }
        guard let value = arguments.value(of: "ip"), fault == nil else { return }
        let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1, ["dhcp", "on", "any", "both"].contains(value) { return }
        guard parts.count >= 7 || (parts.count >= 4 && !parts[0].isEmpty) else {
            fault = "ip: expected dhcp or CLIENT:SERVER:GATEWAY:NETMASK:HOST:DEVICE:dhcp|none, found `\(value)`"
            return
        }
        if parts.count > 5, !parts[5].isEmpty { device = parts[5] }
        if parts[0].isEmpty { return }
        guard let client = IPv4(parts[0]), let mask = IPv4(parts[3])?.prefixLength else {
            fault = "ip: expected an address and a netmask, found `\(value)`"
            return
        }
        address = Address(
            text: "\(client.text)/\(mask)", gateway: parts[2].isEmpty ? nil : parts[2],
            nameServers: parts.dropFirst(7).prefix(2).filter { !$0.isEmpty })
        for text in [address?.gateway].compactMap({ $0 }) + (address?.nameServers ?? []) where IPv4(text) == nil {
            fault = "ip: expected an address, found `\(text)`"
        }
    }
}

/// An address of four numbers.
private struct IPv4 {
    let text: String
    private let number: UInt32

    init?(_ text: String) {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        guard numbers.count == 4, numbers.map(String.init).joined(separator: ".") == text else { return nil }
        self.text = text
        number = numbers.reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Of a netmask; nil where its ones do not stand together.
    var prefixLength: Int? {
        let length = (~number).leadingZeroBitCount
        return length < 32 && number << length != 0 ? nil : length
    }
}
