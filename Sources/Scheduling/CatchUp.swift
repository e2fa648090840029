public import Model

/// The treatment of ticks that passed while nothing could run.
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
