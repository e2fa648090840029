import Expressions
import Testing

struct Mistake: Sendable, CustomTestStringConvertible {
    let text: String
    /// In UTF-8 bytes from 0.
    let offset: Int
    /// In characters from 1.
    let column: Int
    let message: String
    let hint: String?
    var testDescription: String { text }

    init(_ text: String, _ offset: Int, _ column: Int, _ message: String, hint: String? = nil) {
        self.text = text
        self.offset = offset
        self.column = column
        self.message = message
        self.hint = hint
    }
}

private let syntaxMistakes: [Mistake] = [
    Mistake("1 +", 3, 4, "expected an expression, found the end"),
    Mistake("[1, 2", 5, 6, "expected ',' or ']', found the end"),
    Mistake("'é' = 1", 5, 5, "unexpected '='", hint: "equality is '=='"),
    Mistake("a & b", 2, 3, "unexpected '&'", hint: "'and' is '&&'"),
    Mistake("a | b", 2, 3, "unexpected '|'", hint: "'or' is '||'"),
    Mistake("for", 0, 1, "'for' is a reserved word", hint: "a field of that name is selected after a dot"),
    Mistake(#"'\q'"#, 1, 2, #"unknown escape '\q'"#, hint: #"a backslash itself is written '\\'"#),
    Mistake(#"'\ud800'"#, 1, 2, "not a Unicode code point"),
    Mistake("9223372036854775808", 0, 1, "a whole number out of range"),
    Mistake("1 + 18446744073709551616u", 4, 5, "a whole number out of range"),
    Mistake("has(a)", 4, 5, "has() asks for a field", hint: "write has(name.field)"),
    Mistake("T{a: 1}", 1, 2, "messages are not part of the language", hint: "a mapping is {'key': value}"),
    Mistake("[1].all(i, i, true)", 11, 12, "'i' is declared twice"),
    Mistake("1 2", 2, 3, "expected an operator or the end, found a number"),
]

private let evaluationMistakes: [Mistake] = [
    Mistake("nmae", 0, 1, "undefined name nmae", hint: "did you mean `name`?"),
    Mistake("1 + zzzzzz", 4, 5, "undefined name zzzzzz", hint: "the names here are map, name"),
    Mistake("siez(name)", 0, 1, "undefined function siez", hint: "did you mean `size`?"),
    Mistake("name.startWith('a')", 5, 6, "undefined method startWith", hint: "did you mean `startsWith`?"),
    Mistake("map.prot", 4, 5, "expected a key of the mapping, found `prot`", hint: "did you mean `port`?"),
    Mistake("'é' + 1", 5, 5, "no overload of + for (string, int)"),
    Mistake("1 + 9223372036854775807", 2, 3, "int overflow"),
    Mistake("[1][1]", 3, 4, "index 1 is out of range, the list has 1"),
    Mistake("{1: 1, 1u: 2}", 7, 8, "the key 1 is there twice"),
    Mistake("1 / 0", 2, 3, "division by zero"),
    Mistake("1 ? 2 : 3", 0, 1, "expected a bool before '?', found int"),
    Mistake("true && 1", 8, 9, "expected a bool beside &&, found int"),
]

@Suite struct ErrorTests {
    @Test(arguments: syntaxMistakes)
    func parserNamesThePlace(_ mistake: Mistake) {
        let error = #expect(throws: ExpressionError.self) { try Expression(parsing: mistake.text) }
        expect(error, mistake)
    }

    @Test(arguments: evaluationMistakes)
    func evaluationNamesThePlace(_ mistake: Mistake) throws {
        let scope = Bindings(["name": "x", "map": .map(ValueMap([("port", 1)]))])
        let expression = try Expression(parsing: mistake.text)
        let error = #expect(throws: ExpressionError.self) { try expression.evaluate(in: scope) }
        expect(error, mistake)
    }

    private func expect(_ error: ExpressionError?, _ mistake: Mistake) {
        #expect(error?.message == mistake.message)
        #expect(error?.offset == mistake.offset)
        #expect(error?.column == mistake.column)
        #expect(error?.hint == mistake.hint)
    }
}
