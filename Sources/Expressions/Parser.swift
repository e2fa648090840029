/// Reads an expression into a tree, expanding macros and resolving names of variables and functions.
struct Parser {
    private var tokens: [Token] = []
    private var position = 0
    private var depth = 0
    private var variables: [String] = []
    private(set) var variableCount = 0
    private var nameCounts: [String: Int] = [:]
    /// Whether the expression makes lists or mappings of its own, whose size has to be watched.
    private(set) var makesCollections = false

    static let greatestDepth = 200
    static let greatestTreeDepth = 400

    mutating func parse(_ text: String) throws(Fault) -> Node {
        var lexer = Lexer(text)
        tokens = try lexer.tokens()
        let node = try expression()
        guard case .end = token.kind else { throw unexpected("an operator or the end") }
        return node
    }

    var token: Token { tokens[position] }

    func peek(_ distance: Int) -> Token { tokens[min(position + distance, tokens.count - 1)] }

    mutating func advance() { position = min(position + 1, tokens.count - 1) }

    mutating func take(_ symbol: String) -> Bool {
        guard token.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(Fault) {
        guard take(symbol) else { throw unexpected("'\(symbol)'") }
    }

    func unexpected(_ expected: String) -> Fault {
        Fault("expected \(expected), found \(token.description)", at: token.offset)
    }

    func make(_ kind: Node.Kind, at offset: Int, over children: Node...) throws(Fault) -> Node {
        try make(kind, at: offset, over: children)
    }

    func make(_ kind: Node.Kind, at offset: Int, over children: [Node]) throws(Fault) -> Node {
        var depth = 1
        for child in children { depth = max(depth, child.depth + 1) }
        guard depth <= Self.greatestTreeDepth else {
            throw Fault("an expression deeper than \(Self.greatestTreeDepth) levels", at: offset)
        }
        return Node(kind: kind, offset: offset, depth: depth)
    }

    /// Reads a part of the expression in which further variables are visible.
    mutating func withVariables<Result>(
        _ names: [String], _ body: (inout Parser) throws(Fault) -> Result
    ) throws(Fault) -> Result {
        variables += names
        variableCount = max(variableCount, variables.count)
        defer { variables.removeLast(names.count) }
        return try body(&self)
    }

    /// The names that are neither variables of macros nor types.
    var freeNames: Set<String> { Set(nameCounts.keys).subtracting(Value.typeRoots) }

    /// Takes back a name that turned out to begin the name of a function, `math` of `math.abs`.
    mutating func forget(_ name: String) {
        guard let count = nameCounts[name] else { return }
        nameCounts[name] = count > 1 ? count - 1 : nil
    }

    var nextSlot: Int { variables.count }

    mutating func noteCollection() { makesCollections = true }

    mutating func name(_ name: String, at offset: Int, isGlobal: Bool) throws(Fault) -> Node {
        if !isGlobal, let slot = variables.lastIndex(of: name) { return try make(.local(slot), at: offset) }
        nameCounts[name, default: 0] += 1
        return try make(.path(Path(root: name)), at: offset)
    }

    mutating func expression() throws(Fault) -> Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.greatestDepth else {
            throw Fault("an expression nested deeper than \(Self.greatestDepth) levels", at: token.offset)
        }
        let condition = try disjunction()
        let offset = token.offset
        guard take("?") else { return condition }
        let yes = try disjunction()
        try expect(":")
        let no = try expression()
        return try make(.conditional(condition, yes, no), at: offset, over: condition, yes, no)
    }

    private mutating func disjunction() throws(Fault) -> Node {
        var items = [try conjunction()]
        let offset = token.offset
        while take("||") { items.append(try conjunction()) }
        return items.count == 1 ? items[0] : try make(.or(items), at: offset, over: items)
    }

    private mutating func conjunction() throws(Fault) -> Node {
        var items = [try binary(least: 1)]
        let offset = token.offset
        while take("&&") { items.append(try binary(least: 1)) }
        return items.count == 1 ? items[0] : try make(.and(items), at: offset, over: items)
    }

    private var binaryOperator: BinaryOperator? {
        switch token.kind {
        case .symbol(let symbol): BinaryOperator(symbol: symbol)
        case .identifier("in"): .contained
        default: nil
        }
    }

    private mutating func binary(least: Int) throws(Fault) -> Node {
        var left = try unary()
        while let symbol = binaryOperator, symbol.precedence >= least {
            let offset = token.offset
            advance()
            let right = try binary(least: symbol.precedence + 1)
            left = try make(.binary(symbol, left, right), at: offset, over: left, right)
        }
        return left
    }

    private mutating func unary() throws(Fault) -> Node {
        var signs: [Token] = []
        while token.kind == .symbol("!") || token.kind == .symbol("-") {
            signs.append(token)
            advance()
        }
        // A minus belongs to the number that it precedes, or the least int could not be written.
        if case .int(let magnitude) = token.kind {
            if signs.last?.kind == .symbol("-") {
                tokens[position] = Token(kind: .int(~magnitude &+ 1), offset: signs.removeLast().offset)
            } else if magnitude > UInt64(Int64.max) {
                throw Fault("a whole number out of range", at: token.offset)
            }
        }
        var node = try member()
        for sign in signs.reversed() {
            node = try make(sign.kind == .symbol("!") ? .not(node) : .negate(node), at: sign.offset, over: node)
        }
        return node
    }
}
