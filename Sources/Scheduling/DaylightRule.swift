public import Model

/// The effect of daylight saving on the runs of a schedule at fixed hours.
public struct DaylightRule: Sendable, Hashable {
    public enum Gap: String, Sendable, CaseIterable {
        /// The ticks lost in one gap become one run at the first instant after it.
        case run
        case skip
    }

    public enum Overlap: String, Sendable, CaseIterable {
        /// Only the first pass counts.
        case once
        case twice
    }

    public var gap: Gap
    public var overlap: Overlap

    public init(gap: Gap = .run, overlap: Overlap = .once) {
        self.gap = gap
        self.overlap = overlap
    }
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
