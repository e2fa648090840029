import RegularExpressions
import Values

/// The functions that manifests have beyond CEL and its extensions.
extension Function {
    static let site: [Function] = [
        Function("ip_in") { _, arguments in
            guard arguments.count == 2, case .string(let text) = arguments[0], case .string(let network) = arguments[1]
            else { return nil }
            guard let address = IPAddress(text) else { throw Fault("'\(text)' is no IP address") }
            let parts = network.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let base = IPAddress(String(parts[0])) else {
                throw Fault("'\(network)' is no network")
            }
            var length = base.bytes.count * 8
            if parts.count == 2 {
                guard let given = Int(parts[1]), (0...length).contains(given), !parts[1].hasPrefix("+") else {
                    throw Fault(
                        "'\(network)' is no network", hint: "a prefix length from 0 to \(length) follows the slash")
                }
                length = given
            }
            return .bool(address.hasPrefix(of: base, length: length))
        },
        Function("semver_compare") { _, arguments in
            guard arguments.count == 2, case .string(let left) = arguments[0], case .string(let right) = arguments[1]
            else { return nil }
            guard let first = SemanticVersion(left) else { throw Fault("'\(left)' is no version") }
            guard let second = SemanticVersion(right) else { throw Fault("'\(right)' is no version") }
            return .int(Int64(first.order(with: second)))
        },
        Function("regex_escape") { evaluation, arguments in
            guard arguments.count == 1, case .string(let text) = arguments[0] else { return nil }
            try evaluation.occupy(text.utf8.count * 2)
            return .string(RegularExpression.escaped(text))
        },
        Function("json") { evaluation, arguments in
            guard arguments.count == 1 else { return nil }
            var writer = JSONWriter()
            try evaluation.write(arguments[0], to: &writer)
            return .string(writer.text)
        },
        Function("yaml") { evaluation, arguments in
            guard arguments.count == 1 else { return nil }
            try evaluation.weigh(arguments[0])
            let text = try YAMLText.text(of: arguments[0])
            try evaluation.occupy(text.utf8.count)
            return .string(text)
        },
    ]
}

/// An IPv4 or IPv6 address; an IPv4 address mapped into IPv6 is the IPv4 address.
struct IPAddress {
    private(set) var bytes: [UInt8] = []

    init?(_ text: String) {
        guard text.utf8.contains(UInt8(ascii: ":")) else {
            guard let bytes = Self.version4(text[...]) else { return nil }
            self.bytes = bytes
            return
        }
        guard let bytes = Self.version6(text) else { return nil }
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        self.bytes = isMapped ? Array(bytes[12...]) : bytes
    }

    private static func version4(_ text: Substring) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard part.utf8.allSatisfy(\.isASCIIDigit), part.utf8.count == 1 || !part.hasPrefix("0"),
                let byte = UInt8(part)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func doubleColon(in text: String) -> Range<String.Index>? {
        for (place, next) in zip(text.indices, text.indices.dropFirst()) where text[place] == ":" && text[next] == ":" {
            return place..<text.index(after: next)
        }
        return nil
    }

    private static func version6(_ text: String) -> [UInt8]? {
        var halves: [[UInt8]] = []
        let isShort = doubleColon(in: text) != nil
        let sides: [Substring]
        if isShort, let gap = doubleColon(in: text) {
            sides = [text[..<gap.lowerBound], text[gap.upperBound...]]
        } else {
            sides = [text[...]]
        }
        for (index, side) in sides.enumerated() {
            var bytes: [UInt8] = []
            let groups = side.isEmpty ? [] : side.split(separator: ":", omittingEmptySubsequences: false)
            for (place, group) in groups.enumerated() {
                if index == sides.count - 1, place == groups.count - 1, let tail = version4(group) {
                    bytes += tail
                    continue
                }
                guard (1...4).contains(group.utf8.count), !group.hasPrefix("+"), let value = UInt16(group, radix: 16)
                else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
            halves.append(bytes)
        }
        let count = halves.reduce(0) { $0 + $1.count }
        guard isShort ? count <= 14 : count == 16 else { return nil }
        guard isShort else { return halves[0] }
        return halves[0] + Array(repeating: 0, count: 16 - count) + halves[1]
    }

    /// Whether the first `length` bits are those of another address of the same family.
    func hasPrefix(of other: IPAddress, length: Int) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        let whole = length / 8
        guard bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
        guard length % 8 != 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> (length % 8))
        return bytes[whole] & mask == other.bytes[whole] & mask
    }
}

/// A version in the order of Semantic Versioning 2.0.0 §11; a leading `v` and missing parts are allowed.
struct SemanticVersion {
    private let numbers: [UInt64]
    private let labels: [Substring]

    init?(_ text: String) {
        let bare = (text.hasPrefix("v") ? text.dropFirst() : text[...]).prefix { $0 != "+" }
        let core = bare.prefix { $0 != "-" }
        labels =
            core.endIndex == bare.endIndex
            ? [] : bare[core.endIndex...].dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        var numbers: [UInt64] = []
        for part in core.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = UInt64(part), !part.hasPrefix("+") else { return nil }
            numbers.append(number)
        }
        guard (1...3).contains(numbers.count), !labels.contains("") else { return nil }
        self.numbers = numbers + Array(repeating: 0, count: 3 - numbers.count)
    }

    func order(with other: SemanticVersion) -> Int {
        if numbers != other.numbers { return numbers.lexicographicallyPrecedes(other.numbers) ? -1 : 1 }
        if labels.isEmpty || other.labels.isEmpty { return (labels.isEmpty ? 1 : 0) - (other.labels.isEmpty ? 1 : 0) }
        for (left, right) in zip(labels, other.labels) where left != right {
            switch (UInt64(left), UInt64(right)) {
            case (let left?, let right?): return left < right ? -1 : 1
            case (_?, nil): return -1
            case (nil, _?): return 1
            case (nil, nil): return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
            }
        }
        return (labels.count > other.labels.count ? 1 : 0) - (labels.count < other.labels.count ? 1 : 0)
    }
}
