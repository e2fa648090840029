public import Model

/// How a schedule's runs are laid into the time after each tick.
public enum SpreadChoice: Sendable, Hashable {
    /// By the kind of expression: intervals, macros and cron with a period up to an hour over their period, cron at
    /// fixed hours not at all.
    case automatic
    case off
    /// Over the smaller of the period and an hour.
    case hour
    /// Over the whole period.
    case period
    /// Over the smaller of the period and a window.
    case window(Duration)
}

extension SpreadChoice: FieldValue {
    public static var shape: Shape { .either([.boolean, .oneOf(["auto", "off", "period"]), Duration.shape]) }

    public init(decoding node: Node) throws(DecodingFault) {
        switch node.text {
        case "auto": self = .automatic
        case "off", "false": self = .off
        case "true": self = .hour
        case "period": self = .period
        case let text?:
            guard let window = Duration(text: text), window > .zero, window <= .seconds(366 * 86400) else {
                fallthrough
            }
            self = .window(window)
        case nil:
            throw DecodingFault(node, expected: "auto, off, true, period or a duration such as 5m")
        }
    }

    public var rendered: Node.Content {
        switch self {
        case .automatic: .string("auto")
        case .off: .string("off")
        case .hour: .bool(true)
        case .period: .string("period")
        case .window(let window): .string(window.text)
        }
    }

    public var shown: ShownText {
        if case .hour = self { return .text("true") }
        guard case .string(let text) = rendered else { return .text("true") }
        return .text(text)
    }
}

/// What happens when a tick comes while the previous run is still going.
public enum OverlapPolicy: Sendable, Hashable {
    /// The tick is dropped and recorded.
    case skip
    /// It waits for the end; at most one waits.
    case queue
    /// The running one is ended first.
    case replace
    /// Up to so many run at once.
    case allow(Int)
}

extension OverlapPolicy: FieldValue {
    public static var shape: Shape {
        .either([.oneOf(["skip", "queue", "replace"]), .members([.init("allow", .number)])])
    }

    public init(decoding node: Node) throws(DecodingFault) {
        switch node.text {
        case "skip"?: self = .skip
        case "queue"?: self = .queue
        case "replace"?: self = .replace
        default:
            self = .allow(
                try SingleNumber.decoded(
                    node, member: "allow", range: 1...100, expected: "skip, queue, replace or {allow: N} up to 100"))
        }
    }

    public var rendered: Node.Content {
        switch self {
        case .skip: .string("skip")
        case .queue: .string("queue")
        case .replace: .string("replace")
        case .allow(let count): SingleNumber.rendered(count, member: "allow")
        }
    }

    public var shown: ShownText {
        switch self {
        case .skip: .text("skip")
        case .queue: .text("queue")
        case .replace: .text("replace")
        case .allow(let count): .text("allow \(count)")
        }
    }
}

/// What happens with the ticks that passed while nothing could run.
public enum CatchUp: Sendable, Hashable {
    /// Once for periods of an hour or more, else skip.
    case automatic
    case skip
    /// One run for all that were missed.
    case once
    /// One run for each, at most so many, the latest ones.
    case all(Int)
}

extension CatchUp: FieldValue {
    public static var shape: Shape {
        .either([.oneOf(["auto", "skip", "once"]), .members([.init("all", .number)])])
    }

    public init(decoding node: Node) throws(DecodingFault) {
        switch node.text {
        case "auto"?: self = .automatic
        case "skip"?: self = .skip
        case "once"?: self = .once
        default:
            self = .all(
                try SingleNumber.decoded(
                    node, member: "all", range: 1...100, expected: "auto, skip, once or {all: N} up to 100"))
        }
    }

    public var rendered: Node.Content {
        switch self {
        case .automatic: .string("auto")
        case .skip: .string("skip")
        case .once: .string("once")
        case .all(let count): SingleNumber.rendered(count, member: "all")
        }
    }

    public var shown: ShownText {
        switch self {
        case .automatic: .text("auto")
        case .skip: .text("skip")
        case .once: .text("once")
        case .all(let count): .text("all, at most \(count)")
        }
    }
}

/// A mapping of one member with a number, such as `{allow: 2}`.
enum SingleNumber {
    static func decoded(
        _ node: Node, member: String, range: ClosedRange<Int>, expected: String
    ) throws(DecodingFault) -> Int {
        guard case .map(let entries) = node.content, entries.count == 1, let entry = entries.first,
            entry.key == member
        else { throw DecodingFault(node, expected: expected) }
        let number = try Int(decoding: entry.value)
        guard range.contains(number) else { throw DecodingFault(entry.value, expected: expected) }
        return number
    }

    static func rendered(_ number: Int, member: String) -> Node.Content {
        .map([.init(key: member, keyPlace: .nowhere, value: Node(.int(Int64(number)), at: .nowhere))])
    }
}

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

/// What happens with a run of which a crash left unknown whether it started.
public enum AmbiguityPolicy: String, FieldValue, CaseIterable {
    case skip, rerun
}

/// The I/O scheduling class of a run (ioprio_set(2)).
public enum IOClass: String, FieldValue, CaseIterable {
    case none, idle
    case bestEffort = "best_effort"
    case realtime
}

extension DaylightRule: FieldValue {
    public static var shape: Shape {
        .members([
            .init("gap", .oneOf(Gap.allCases.map(\.rawValue))),
            .init("overlap", .oneOf(Overlap.allCases.map(\.rawValue))),
        ])
    }

    public init(decoding node: Node) throws(DecodingFault) {
        self.init()
        guard case .map(let entries) = node.content else {
            throw DecodingFault(node, expected: "a mapping such as {gap: skip, overlap: twice}")
        }
        for entry in entries {
            switch entry.key {
            case "gap":
                guard let word = entry.value.text.flatMap({ Gap(rawValue: $0) }) else {
                    throw DecodingFault(entry.value, expected: "run or skip")
                }
                gap = word
            case "overlap":
                guard let word = entry.value.text.flatMap({ Overlap(rawValue: $0) }) else {
                    throw DecodingFault(entry.value, expected: "once or twice")
                }
                overlap = word
            default: throw DecodingFault(at: entry.keyPlace, expected: "gap or overlap", found: "`\(entry.key)`")
            }
        }
    }

    public var rendered: Node.Content {
        .map([
            .init(key: "gap", keyPlace: .nowhere, value: Node(.string(gap.rawValue), at: .nowhere)),
            .init(key: "overlap", keyPlace: .nowhere, value: Node(.string(overlap.rawValue), at: .nowhere)),
        ])
    }

    public var shown: ShownText { .text("gap \(gap.rawValue), overlap \(overlap.rawValue)") }
}
