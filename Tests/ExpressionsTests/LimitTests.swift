import Expressions
import Testing

@Suite struct LimitTests {
    /// Each would run for hours or fill the memory.
    static let bombs: [(text: String, message: String)] = [
        (
            "lists.range(9999).all(a, lists.range(9999).all(b, lists.range(9999).all(c, true)))",
            "the expression takes too many steps"
        ),
        // The fault of one round must not be absorbed by the next.
        (
            "lists.range(9999).exists(a, lists.range(9999).exists(b, 1 / 0 > 0)) || true",
            "the expression takes too many steps"
        ),
        ("lists.range(4000000000)", "the expression makes too large a value"),
        ("lists.range(100000).map(i, 'x' + text)", "the expression makes too large a value"),
        ("text.replace('', text)", "the expression makes too large a value"),
        ("lists.range(100000).map(i, text.charAt(99999))", "the expression takes too many steps"),
        ("lists.range(100000).exists(i, text == other)", "the expression takes too many steps"),
        ("lists.range(100000).exists(i, text.matches('(a{1000}){' + '15}'))", "the expression takes too many steps"),
        ("[text, text].all(t, t.matches('(x|y){1000}$'))", "the expression takes too many steps"),
    ]

    @Test(arguments: bombs)
    func bombIsRefused(_ text: String, _ message: String) throws {
        let scope = Bindings([
            "text": .string(String(repeating: "x", count: 500_000)),
            "other": .string(String(repeating: "x", count: 499_999) + "y"),
        ])
        let expression = try Expression(parsing: text)
        let error = #expect(throws: ExpressionError.self) { try expression.evaluate(in: scope) }
        #expect(error?.message == message)
    }

    @Test func doublingOfAStringEnds() throws {
        try expectTooLarge(doubling("'0123456789'", by: "x + x", times: 60))
    }

    @Test func doublingOfAListEnds() throws {
        try expectTooLarge(doubling("[1]", by: "x + x", times: 60))
    }

    /// Sharing makes this small in memory, but whoever writes it out would never end.
    @Test func listOfSharedListsEnds() throws {
        let expression = try Expression(parsing: doubling("[1]", by: "[x, x]", times: 60))
        let error = #expect(throws: ExpressionError.self) { try expression.evaluate(in: Bindings()) }
        #expect(error?.message == "the expression takes too many steps")
    }

    @Test func limitsAreTheCallers() throws {
        let expression = try Expression(parsing: "lists.range(10).all(i, i < 10)")
        #expect(try expression.evaluate(in: Bindings(), limits: Limits(steps: 100, size: 1000)) == .bool(true))
        #expect(throws: ExpressionError.self) {
            try expression.evaluate(in: Bindings(), limits: Limits(steps: 20, size: 1000))
        }
        #expect(throws: ExpressionError.self) {
            try expression.evaluate(in: Bindings(), limits: Limits(steps: 100, size: 100))
        }
    }

    @Test func nestingIsBounded() throws {
        func nested(_ count: Int) -> String {
            String(repeating: "(", count: count) + "1" + String(repeating: ")", count: count)
        }
        #expect(try Expression(parsing: nested(150)).evaluate(in: Bindings()) == .int(1))
        let error = #expect(throws: ExpressionError.self) { try Expression(parsing: nested(100_000)) }
        #expect(error?.message == "an expression nested deeper than 200 levels")
        #expect(throws: ExpressionError.self) {
            try Expression(parsing: "1" + String(repeating: " + 1", count: 100_000))
        }
        #expect(throws: ExpressionError.self) {
            try Expression(parsing: "a" + String(repeating: ".a", count: 100_000))
        }
        #expect(throws: ExpressionError.self) {
            try Expression(parsing: String(repeating: "!", count: 100_000) + "true")
        }
    }

    private func doubling(_ start: String, by step: String, times count: Int) -> String {
        "cel.bind(x, \(start), "
            + String(repeating: "cel.bind(x, \(step), ", count: count) + "x" + String(repeating: ")", count: count + 1)
    }

    private func expectTooLarge(_ text: String) throws {
        let expression = try Expression(parsing: text)
        let error = #expect(throws: ExpressionError.self) { try expression.evaluate(in: Bindings()) }
        #expect(error?.message == "the expression makes too large a value")
    }
}
