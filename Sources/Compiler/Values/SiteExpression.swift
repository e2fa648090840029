import Expressions
import Model

/// A parsed expression that knows where it was written.
struct SiteExpression: Sendable {
    let expression: Expression
    let text: String
    /// The place of its first character.
    let place: Place

    init(_ text: String, at place: Place) throws(Diagnostic) {
        self.text = text
        self.place = place
        do throws(ExpressionError) {
            expression = try Expression(parsing: text)
        } catch {
            throw Self.diagnostic(for: error, in: text, at: place)
        }
    }

    func diagnostic(for error: any Error) -> Diagnostic {
        if let error = error as? ExpressionError { return Self.diagnostic(for: error, in: text, at: place) }
        if let error = error as? Diagnostic { return error }
        return Diagnostic("\(error)", at: place)
    }

    private static func diagnostic(for error: ExpressionError, in text: String, at place: Place) -> Diagnostic {
        var place = place
        let before = text.utf8.prefix(error.offset)
        let lines = before.count { $0 == UInt8(ascii: "\n") }
        if lines == 0 {
            place.column += max(0, error.column - 1)
        } else {
            place.line += lines
            place.column = 1
        }
        return Diagnostic(error.message, at: place, hint: error.hint)
    }
}
