import RegularExpressions
import Values

/// The functions that manifests have beyond CEL and its extensions.
extension Function {
    static let site: [Function] = [
        Function("ip_in") { _, arguments in
            guard arguments.count == 2, case .string(let text) = arguments[0], case .string(let network) = arguments[1]
            else { return nil }
            guard let address = IPAddress(text)?.unmapped else { throw Fault("'\(text)' is no IP address") }
            let parts = network.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let base = IPAddress(parts[0])?.unmapped else { throw Fault("'\(network)' is no network") }
            guard let prefix = IPPrefix(base, lengthText: parts.dropFirst().first) else {
                throw Fault(
                    "'\(network)' is no network",
                    hint: "a prefix length from 0 to \(base.family.width) follows the slash")
            }
            return .bool(prefix.contains(address))
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
