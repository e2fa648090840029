/// A function that every expression can call.
struct Function: Sendable {
    typealias Body = @Sendable (inout Evaluation, [Value]) throws -> Value

    /// How a function is called: `f(x)`, `x.f()`, or both ways.
    enum Form: Sendable { case global, method, either }

    let name: String
    let form: Form
    let body: Body

    /// A function whose body says nil where it has no overload for its arguments.
    init(
        _ name: String, _ form: Form = .global, _ body: @escaping @Sendable (inout Evaluation, [Value]) throws -> Value?
    ) {
        self.name = name
        self.form = form
        self.body = { evaluation, arguments in
            try evaluation.spend()
            if let value = try body(&evaluation, arguments) { return value }
            let types = arguments.map(\.typeName).joined(separator: ", ")
            throw Fault("no overload of \(name) for (\(types))")
        }
    }

    /// By full name, `size` or `math.greatest`.
    static let globals = table { $0 != .method }
    /// By name; the first argument is what stands before the dot.
    static let methods = table { $0 != .global }

    private static func table(where isWanted: (Form) -> Bool) -> [String: Function] {
        let all = conversions + strings + formatting + mathematics + bits + lists + times + encoders + site
        return Dictionary(all.filter { isWanted($0.form) }.map { ($0.name, $0) }) { first, _ in first }
    }
}
