import RegularExpressions

extension Parser {
    /// Words that the language keeps for itself; they still name fields and methods.
    static let reservedWords: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while", "in",
    ]

    mutating func member() throws(Fault) -> Node {
        var node = try primary()
        while true {
            let offset = token.offset
            if take("[") {
                let index = try expression()
                try expect("]")
                node = try make(.index(node, index), at: offset, over: node, index)
            } else if take(".") {
                node = try selection(from: node)
            } else if token.kind == .symbol("{"), case .path = node.kind {
                throw Fault("messages are not part of the language", at: offset, hint: "a mapping is {'key': value}")
            } else {
                return node
            }
        }
    }

    private mutating func selection(from node: Node) throws(Fault) -> Node {
        let offset = token.offset
        if case .quotedIdentifier(let field) = token.kind {
            advance()
            return try make(.select(node, field: field), at: offset, over: node)
        }
        guard case .identifier(let name) = token.kind, !["in", "true", "false", "null"].contains(name) else {
            throw unexpected("the name of a field")
        }
        advance()
        if take("(") { return try method(name, of: node, at: offset) }
        if case .path(var path) = node.kind {
            path.fields.append(Path.Field(name: name, offset: offset))
            guard path.fields.count <= Self.greatestTreeDepth else {
                throw Fault("an expression deeper than \(Self.greatestTreeDepth) levels", at: offset)
            }
            return Node(kind: .path(path), offset: node.offset, depth: node.depth)
        }
        return try make(.select(node, field: name), at: offset, over: node)
    }

    private mutating func primary() throws(Fault) -> Node {
        let start = token
        switch start.kind {
        case .int(let value): return try literal(.int(Int64(bitPattern: value)))
        case .uint(let value): return try literal(.uint(value))
        case .double(let value): return try literal(.double(value))
        case .string(let value): return try literal(.string(value))
        case .bytes(let value): return try literal(.bytes(value))
        case .identifier("true"): return try literal(.bool(true))
        case .identifier("false"): return try literal(.bool(false))
        case .identifier("null"): return try literal(.null)
        case .identifier(let name): return try identifier(name, isGlobal: false)
        case .symbol("."):
            advance()
            guard case .identifier(let name) = token.kind else { throw unexpected("a name") }
            return try identifier(name, isGlobal: true)
        case .symbol("("):
            advance()
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["): return try list()
        case .symbol("{"): return try map()
        case .quotedIdentifier:
            throw Fault("a name in backquotes selects a field", at: start.offset, hint: "write it after a dot")
        case .symbol, .end: throw unexpected("an expression")
        }
    }

    private mutating func literal(_ value: Value) throws(Fault) -> Node {
        let node = try make(.literal(value), at: token.offset)
        advance()
        return node
    }

    private mutating func identifier(_ name: String, isGlobal: Bool) throws(Fault) -> Node {
        let offset = token.offset
        guard !Self.reservedWords.contains(name) else {
            throw Fault(
                "'\(name)' is a reserved word", at: offset, hint: "a field of that name is selected after a dot")
        }
        advance()
        guard take("(") else { return try self.name(name, at: offset, isGlobal: isGlobal) }
        if name == "has", !isGlobal { return try has(at: offset) }
        let arguments = try self.arguments()
        guard let function = Function.globals[name] else {
            return try make(.hostCall(name, arguments), at: offset, over: arguments)
        }
        return try call(function, arguments, at: offset)
    }

    func call(_ function: Function, _ arguments: [Node], at offset: Int) throws(Fault) -> Node {
        if function.name == "matches", arguments.count == 2, case .literal(.string(let pattern)) = arguments[1].kind,
            let expression = try? RegularExpression(pattern)
        {
            return try make(.matches(arguments[0], expression), at: offset, over: arguments)
        }
        return try make(.call(function, arguments), at: offset, over: arguments)
    }

    /// The arguments of a call up to its closing parenthesis; the opening one is taken.
    mutating func arguments() throws(Fault) -> [Node] {
        var arguments: [Node] = []
        if take(")") { return arguments }
        repeat { arguments.append(try expression()) } while take(",")
        try expect(")")
        return arguments
    }

    private mutating func list() throws(Fault) -> Node {
        let offset = token.offset
        advance()
        noteCollection()
        var items: [Node] = []
        while !take("]") {
            items.append(try expression())
            if !take(",") {
                guard take("]") else { throw unexpected("',' or ']'") }
                break
            }
        }
        return try make(.list(items), at: offset, over: items)
    }

    private mutating func map() throws(Fault) -> Node {
        let offset = token.offset
        advance()
        noteCollection()
        var items: [Node.MapItem] = []
        while !take("}") {
            let key = try expression()
            try expect(":")
            items.append(Node.MapItem(key: key, value: try expression()))
            if !take(",") {
                guard take("}") else { throw unexpected("',' or '}'") }
                break
            }
        }
        return try make(.map(items), at: offset, over: items.flatMap { [$0.key, $0.value] })
    }
}
