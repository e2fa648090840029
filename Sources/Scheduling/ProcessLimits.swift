public import Model

/// Limits of a run's processes (setrlimit(2)), soft and hard alike.
public struct ProcessLimits: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case addressSpace = "as"
        case core, cpu, data, fsize, memlock, nofile, nproc, rss, stack
    }

    public struct Limit: Sendable, Hashable {
        public var kind: Kind
        /// In the unit of setrlimit(2): bytes, seconds or a count; nil is unlimited.
        public var value: UInt64?

        public init(_ kind: Kind, _ value: UInt64?) {
            self.kind = kind
            self.value = value
        }
    }

    /// In the order of their kinds' names, each at most once.
    public var limits: [Limit]

    public init(_ limits: [Limit] = []) {
        self.limits = limits.sorted { $0.kind.rawValue < $1.kind.rawValue }
    }
}

extension ProcessLimits: FieldValue {
    public static var shape: Shape { .members(Kind.allCases.map { .init($0.rawValue, ByteSize.shape) }) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard case .map(let entries) = node.content else {
            throw DecodingFault(node, expected: "a mapping such as {nofile: 1024}")
        }
        var limits: [Limit] = []
        for entry in entries {
            guard let kind = Kind(rawValue: entry.key) else {
                let allowed = Kind.allCases.map(\.rawValue)
                throw DecodingFault(
                    at: entry.keyPlace, expected: "the name of a limit", found: "`\(entry.key)`",
                    hint: Spelling.hint(for: entry.key, among: allowed))
            }
            guard !limits.contains(where: { $0.kind == kind }) else {
                throw DecodingFault(at: entry.keyPlace, expected: "each limit once", found: "`\(entry.key)` twice")
            }
            if entry.value.text == "unlimited" {
                limits.append(Limit(kind, nil))
            } else {
                limits.append(Limit(kind, try ByteSize(decoding: entry.value).bytes))
            }
        }
        self.init(limits)
    }

    public var rendered: Node.Content {
        .map(
            limits.map { limit in
                let value = limit.value.map { ByteSize($0).rendered } ?? .string("unlimited")
                return .init(key: limit.kind.rawValue, keyPlace: .nowhere, value: Node(value, at: .nowhere))
            })
    }

    public var shown: ShownText {
        .text(
            limits.map { "\($0.kind.rawValue)=\($0.value.map { ByteSize($0).text } ?? "unlimited")" }
                .joined(separator: ", "))
    }
}
