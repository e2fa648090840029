public import Model

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
