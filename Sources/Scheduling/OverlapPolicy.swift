public import Model

/// The treatment of a tick that comes while the previous run is still going.
public enum OverlapPolicy: Sendable, Hashable {
    /// The tick is dropped and recorded.
    case skip
    /// The new run waits for the end of the old one; at most one waits.
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
