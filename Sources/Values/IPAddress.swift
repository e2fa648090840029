/// An address of IPv4 or IPv6.
public struct IPAddress: Sendable, Hashable, Comparable {
    public enum Family: String, Sendable, Hashable, CaseIterable {
        case ipv4, ipv6

        /// Bits of an address.
        public var width: Int { self == .ipv4 ? 32 : 128 }
    }

    /// 4 or 16 bytes, the most significant first.
    public let bytes: [UInt8]

    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    public var family: Family { bytes.count == 4 ? .ipv4 : .ipv6 }

    /// The IPv4 address that is mapped into an IPv6 address (RFC 4291 §2.5.5.2), or the address itself.
    public var unmapped: IPAddress {
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? IPAddress(bytes: Array(bytes[12...])) ?? self : self
    }

    /// Numerically, IPv4 first.
    public static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.bytes.count != right.bytes.count
            ? left.bytes.count < right.bytes.count : left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// Reads dotted decimal (no leading zeros) or the text of RFC 4291 §2.2.
    public init?(_ text: some StringProtocol) {
        guard let bytes = text.contains(":") ? Self.longBytes(Substring(text)) : Self.shortBytes(Substring(text)) else {
            return nil
        }
        self.bytes = bytes
    }

    private static func shortBytes(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { part in UInt8(part).flatMap { String($0) == part ? $0 : nil } }
        return bytes.count == 4 && parts.count == 4 ? bytes : nil
    }

    private static func longBytes(_ text: Substring) -> [UInt8]? {
        guard text.utf8.count <= 45 else { return nil }
        guard let gap = text.firstRange(of: "::") else {
            let bytes = groups(text, isEnd: true)
            return bytes?.count == 16 ? bytes : nil
        }
        guard let head = groups(text[..<gap.lowerBound], isEnd: false),
            let tail = groups(text[gap.upperBound...], isEnd: true),
            head.count + tail.count <= 14
        else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    /// The bytes of groups between colons; dotted decimal may only end an address.
    private static func groups(_ text: Substring, isEnd: Bool) -> [UInt8]? {
        if text.isEmpty { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if isEnd, index == parts.count - 1, part.contains(".") {
                guard let short = shortBytes(part) else { return nil }
                bytes += short
                continue
            }
            guard (1...4).contains(part.utf8.count), part.allSatisfy(\.isHexDigit), let group = UInt16(part, radix: 16)
            else { return nil }
            bytes += [UInt8(group >> 8), UInt8(group & 0xFF)]
        }
        return bytes
    }

    /// Dotted decimal, or the canonical text of RFC 5952.
    public var text: String {
        if bytes.count == 4 { return bytes.map { String($0) }.joined(separator: ".") }
        let groups = (0..<8).map { UInt16(bytes[$0 * 2]) << 8 | UInt16(bytes[$0 * 2 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(1, best.count) { best = start..<end }
            start = max(end, start + 1)
        }
        func text(_ range: Range<Int>) -> String {
            range.map { String(groups[$0], radix: 16) }.joined(separator: ":")
        }
        return best.isEmpty ? text(0..<8) : "\(text(0..<best.lowerBound))::\(text(best.upperBound..<8))"
    }
}

/// An address and how many of its bits name a network.
public struct IPPrefix: Sendable, Hashable {
    public let address: IPAddress
    public let length: Int

    public init?(_ address: IPAddress, length: Int) {
        guard (0...address.family.width).contains(length) else { return nil }
        self.address = address
        self.length = length
    }

    /// Reads `10.0.0.0/8`; an address alone is a prefix of all its bits.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = IPAddress(first) else { return nil }
        self.init(address, lengthText: parts.dropFirst().first)
    }

    /// Reads what stands behind the slash; nil for all bits of the address.
    public init?(_ address: IPAddress, lengthText: (some StringProtocol)?) {
        guard let lengthText else {
            self.init(address, length: address.family.width)
            return
        }
        guard let length = Int(lengthText), String(length) == lengthText else { return nil }
        self.init(address, length: length)
    }

    public func contains(_ other: IPAddress) -> Bool {
        guard other.family == address.family else { return false }
        let whole = length / 8, rest = length % 8
        guard other.bytes.prefix(whole) == address.bytes.prefix(whole) else { return false }
        if rest == 0 { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - rest))
        return other.bytes[whole] & mask == address.bytes[whole] & mask
    }

    public var text: String { "\(address.text)/\(length)" }
}
