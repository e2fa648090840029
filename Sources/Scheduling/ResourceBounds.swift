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

/// A size in bytes, or a count: `512M`, `2G`, `1024`.
public struct ByteSize: Sendable, Hashable {
    public var bytes: UInt64

    public init(_ bytes: UInt64) {
        self.bytes = bytes
    }

    /// The number with the largest suffix that leaves it whole.
    public var text: String {
        for (suffix, shift) in [("T", 40), ("G", 30), ("M", 20), ("K", 10)] as [(String, UInt64)] {
            let unit: UInt64 = 1 << shift
            if bytes >= unit, bytes % unit == 0 { return "\(bytes / unit)\(suffix)" }
        }
        return String(bytes)
    }
}

extension ByteSize: FieldValue {
    public static var shape: Shape { .either([.number, .text(pattern: "^([0-9]+[KMGT]?|unlimited)$")]) }

    public init(decoding node: Node) throws(DecodingFault) {
        let fault = DecodingFault(node, expected: "a number, with K, M, G or T for multiples of 1024")
        guard let text = node.text else { throw fault }
        let shifts: [Character: UInt64] = ["K": 10, "M": 20, "G": 30, "T": 40]
        let shift = text.last.flatMap { shifts[$0] }
        let digits = shift == nil ? Substring(text) : text.dropLast()
        guard !digits.isEmpty, digits.count <= 15, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
            let number = UInt64(digits)
        else { throw fault }
        let (product, overflow) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
        guard !overflow, product <= UInt64(Int64.max) else { throw fault }
        self.init(product)
    }

    public var rendered: Node.Content { text == String(bytes) ? .int(Int64(clamping: bytes)) : .string(text) }
    public var shown: ShownText { .text(text) }
}

/// A share of the processors: `50%` is half a core, `200%` two.
public struct CPUShare: Sendable, Hashable {
    public var percent: Int

    public init(percent: Int) {
        self.percent = percent
    }
}

extension CPUShare: FieldValue {
    public static var shape: Shape { .text(pattern: "^[1-9][0-9]*%$") }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, text.last == "%", text.first != "0", let percent = Int(text.dropLast()),
            (1...100_000).contains(percent)
        else { throw DecodingFault(node, expected: "a share of a core such as 50%") }
        self.init(percent: percent)
    }

    public var rendered: Node.Content { .string("\(percent)%") }
    public var shown: ShownText { .text("\(percent)%") }
}

/// A cron text that is already read; its canonical text is its value.
public struct CronText: Sendable, Hashable, FieldValue {
    public let expression: ScheduleExpression

    public init(_ expression: ScheduleExpression) {
        self.expression = expression
    }

    public static var shape: Shape { .text(pattern: nil) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text else { throw DecodingFault(node, expected: "a cron expression") }
        do throws(ScheduleError) {
            expression = try ScheduleExpression(cron: text)
        } catch {
            throw DecodingFault(
                at: node.place, expected: error.expected,
                found: "\(error.found) at column \(error.column) of `\(text.prefix(80))`",
                hint: error.hint)
        }
    }

    public var rendered: Node.Content { .string(expression.text) }
    public var shown: ShownText { .text(expression.text) }
}
