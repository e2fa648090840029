public import Model

/// How often and how soon a failed run is tried again, within the period.
public struct RetryPolicy: Sendable, Hashable {
    /// Further attempts after the first.
    public var max: Int
    /// The wait before the first of them; each later wait is twice as long.
    public var backoff: Duration

    public init(max: Int = 0, backoff: Duration = .seconds(30)) {
        self.max = max
        self.backoff = backoff
    }
}

extension RetryPolicy: FieldValue {
    public static var shape: Shape { .members([.init("max", .number), .init("backoff", Duration.shape)]) }

    public init(decoding node: Node) throws(DecodingFault) {
        self.init()
        guard case .map(let entries) = node.content else {
            throw DecodingFault(node, expected: "a mapping such as {max: 3, backoff: 10s}")
        }
        for entry in entries {
            switch entry.key {
            case "max":
                max = try Int(decoding: entry.value)
                guard (0...100).contains(max) else {
                    throw DecodingFault(entry.value, expected: "a number of attempts from 0 to 100")
                }
            case "backoff":
                backoff = try Duration(decoding: entry.value)
                guard backoff >= .seconds(1), backoff <= .seconds(86400) else {
                    throw DecodingFault(entry.value, expected: "a wait from 1s to 1d")
                }
            default:
                throw DecodingFault(at: entry.keyPlace, expected: "max or backoff", found: "`\(entry.key)`")
            }
        }
    }

    public var rendered: Node.Content {
        .map([
            .init(key: "max", keyPlace: .nowhere, value: Node(.int(Int64(max)), at: .nowhere)),
            .init(key: "backoff", keyPlace: .nowhere, value: Node(.string(backoff.text), at: .nowhere)),
        ])
    }

    public var shown: ShownText { .text(max == 0 ? "none" : "\(max) after \(backoff.text)") }
}

/// The treatment of a run of which a crash left unknown whether it started.
public enum AmbiguityPolicy: String, FieldValue, CaseIterable {
    case skip, rerun
}
