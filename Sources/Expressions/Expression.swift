/// A parsed expression, ready to be evaluated any number of times.
public struct Expression: Sendable {
    /// The expression as it was written.
    public let text: String
    /// The names that the expression takes from its scope: the roots, `facts` for `facts.os.id`.
    ///
    /// Names of types (`int`, `google`) are left out, though a scope may give them another meaning.
    public let freeNames: Set<String>
    let root: Node
    private let variableCount: Int
    private let makesCollections: Bool

    /// Parses an expression; throws an error that names the place of the first mistake.
    public init(parsing text: String) throws(ExpressionError) {
        var parser = Parser()
        do throws(Fault) {
            root = try parser.parse(text)
        } catch {
            throw ExpressionError(error, in: text)
        }
        self.text = text
        freeNames = parser.freeNames
        variableCount = parser.variableCount
        makesCollections = parser.makesCollections
    }

    /// The value of the expression.
    ///
    /// Throws `ExpressionError` for what the expression does wrong, and whatever the scope throws.
    public func evaluate(in scope: any Scope, limits: Limits = .standard) throws -> Value {
        var evaluation = Evaluation(scope: scope, limits: limits, variableCount: variableCount)
        do {
            let value = try evaluation.value(of: root)
            if makesCollections { try evaluation.weigh(value) }
            return value
        } catch let fault as Fault {
            throw ExpressionError(fault, in: text)
        }
    }

    /// The value where the expression is a literal, so that it needs no scope; else nil.
    public var constant: Value? {
        if case .literal(let value) = root.kind { value } else { nil }
    }
}
