import RegularExpressions

/// One node of a parsed expression, with the place that its errors name.
struct Node: Sendable {
    let kind: Kind
    /// UTF-8 offset in the expression.
    let offset: Int
    /// How many levels the tree has below and including this node.
    let depth: Int

    indirect enum Kind: Sendable {
        case literal(Value)
        /// A variable of a macro, by its place among the evaluation's locals.
        case local(Int)
        case path(Path)
        case select(Node, field: String)
        case has(Node, field: String)
        case index(Node, Node)
        case list([Node])
        case map([MapItem])
        case not(Node)
        case negate(Node)
        case and([Node])
        case or([Node])
        case conditional(Node, Node, Node)
        case binary(BinaryOperator, Node, Node)
        case call(Function, [Node])
        case hostCall(String, [Node])
        case undefinedMethod(String, Node)
        case matches(Node, RegularExpression)
        case comprehension(Comprehension)
        case bind(slot: Int, Node, Node)
    }

    struct MapItem: Sendable {
        let key: Node
        let value: Node
    }
}

/// A name of the scope and the fields selected from it, `facts.os.id`.
struct Path: Sendable {
    struct Field: Sendable {
        let name: String
        let offset: Int
    }

    let root: String
    var fields: [Field] = []

    /// The first `count` fields and the root as one dotted name.
    func name(fieldCount: Int) -> String {
        fields.prefix(fieldCount).reduce(root) { $0 + "." + $1.name }
    }
}

enum BinaryOperator: Sendable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, contained
    case add, subtract, multiply, divide, remainder

    init?(symbol: String) {
        switch symbol {
        case "==": self = .equal
        case "!=": self = .notEqual
        case "<": self = .less
        case "<=": self = .lessOrEqual
        case ">": self = .greater
        case ">=": self = .greaterOrEqual
        case "in": self = .contained
        case "+": self = .add
        case "-": self = .subtract
        case "*": self = .multiply
        case "/": self = .divide
        case "%": self = .remainder
        default: return nil
        }
    }

    var symbol: String {
        switch self {
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        case .contained: "in"
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        }
    }

    /// How tightly the operator binds; `* / %` most.
    var precedence: Int {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .contained: 1
        case .add, .subtract: 2
        case .multiply, .divide, .remainder: 3
        }
    }
}

/// A macro over the elements of a list or the entries of a mapping.
struct Comprehension: Sendable {
    enum Kind: Sendable { case all, exists, existsOne, map, filter, transformMap, transformMapEntry }

    let kind: Kind
    let range: Node
    /// The local of the element (or a mapping's key); with two variables, of the index or key.
    let first: Int
    /// With two variables, the local of the element or of the mapping's value.
    let second: Int?
    /// The condition on the elements that `map`, `transformMap` and `transformMapEntry` take.
    let condition: Node?
    let body: Node
}
