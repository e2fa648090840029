import Values

/// The address of a network card (IEEE 802).
public struct HardwareAddress: Sendable, Hashable, Comparable {
    /// Six bytes for Ethernet, 20 for InfiniBand.
    public let bytes: [UInt8]

    public init?(bytes: [UInt8]) {
        guard (6...32).contains(bytes.count) else { return nil }
        self.bytes = bytes
    }

    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { $0.utf8.count == 2 && $0.first?.isHexDigit == true ? UInt8($0, radix: 16) : nil }
        guard bytes.count == parts.count else { return nil }
        self.init(bytes: bytes)
    }

    /// In lower case, such as `3c:ec:ef:00:11:22`.
    public var text: String { bytes.map(\.twoDigits).joined(separator: ":") }

    /// Why it identifies no card; nil when it does.
    public var refusal: String? {
        if bytes.allSatisfy({ $0 == 0 }) { return "the address is all zero" }
        if bytes.allSatisfy({ $0 == 0xFF }) { return "the address is all ones" }
        // The two low bits of the first byte: group address, locally administered.
        guard bytes.count == 6 else { return nil }
        if bytes[0] & 1 != 0 { return "the address is a group's" }
        return bytes[0] & 2 != 0 ? "the address is locally administered" : nil
    }

    public static func < (left: HardwareAddress, right: HardwareAddress) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}
