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
