extension Parser {
    private static let comprehensions: [String: Comprehension.Kind] = [
        "all": .all, "exists": .exists, "exists_one": .existsOne, "existsOne": .existsOne, "map": .map,
        "filter": .filter, "transformList": .map, "transformMap": .transformMap,
        "transformMapEntry": .transformMapEntry,
    ]

    /// A call after a dot; the opening parenthesis is taken.
    mutating func method(_ name: String, of target: Node, at offset: Int) throws(Fault) -> Node {
        if case .path(let path) = target.kind {
            let fullName = path.name(fieldCount: path.fields.count) + "." + name
            if fullName == "cel.bind" {
                forget(path.root)
                return try bind(at: offset)
            }
            if let function = Function.globals[fullName] {
                forget(path.root)
                return try call(function, try arguments(), at: offset)
            }
        }
        if let kind = Self.comprehensions[name] {
            return try comprehension(kind, name, over: target, at: offset)
        }
        let arguments = try self.arguments()
        guard let function = Function.methods[name] else {
            return try make(.undefinedMethod(name, target), at: offset, over: target)
        }
        return try call(function, [target] + arguments, at: offset)
    }

    /// `has(e.field)`; the opening parenthesis is taken.
    mutating func has(at offset: Int) throws(Fault) -> Node {
        let argument = try expression()
        try expect(")")
        switch argument.kind {
        case .select(let operand, let field):
            return try make(.has(operand, field: field), at: argument.offset, over: operand)
        case .path(var path):
            guard let field = path.fields.popLast() else { break }
            let operand = Node(kind: .path(path), offset: argument.offset, depth: argument.depth)
            return try make(.has(operand, field: field.name), at: field.offset, over: operand)
        default: break
        }
        throw Fault("has() asks for a field", at: argument.offset, hint: "write has(name.field)")
    }

    private mutating func variable() throws(Fault) -> String {
        guard case .identifier(let name) = token.kind, !Self.reservedWords.contains(name),
            !["true", "false", "null"].contains(name)
        else { throw unexpected("the name of a variable") }
        advance()
        return name
    }

    private mutating func bind(at offset: Int) throws(Fault) -> Node {
        let name = try variable()
        try expect(",")
        let value = try expression()
        try expect(",")
        let slot = nextSlot
        let body = try withVariables([name]) { parser throws(Fault) in try parser.expression() }
        try expect(")")
        return try make(.bind(slot: slot, value, body), at: offset, over: value, body)
    }

    private mutating func comprehension(
        _ kind: Comprehension.Kind, _ name: String, over range: Node, at offset: Int
    ) throws(Fault) -> Node {
        noteCollection()
        var names = [try variable()]
        try expect(",")
        let needsTwo = name.hasPrefix("transform")
        let mayHaveTwo = needsTwo || ["all", "exists", "exists_one", "existsOne"].contains(name)
        if mayHaveTwo, case .identifier = token.kind, peek(1).kind == .symbol(",") {
            let start = token.offset
            let second = try variable()
            guard second != names[0] else { throw Fault("'\(second)' is declared twice", at: start) }
            names.append(second)
            try expect(",")
        } else if needsTwo {
            throw Fault("\(name)() takes two variables", at: offset, hint: "for example .\(name)(k, v, v + 1)")
        }
        let slot = nextSlot
        let bodies = try withVariables(names) { parser throws(Fault) in
            var bodies = [try parser.expression()]
            while parser.take(",") { bodies.append(try parser.expression()) }
            return bodies
        }
        try expect(")")
        let mayFilter = kind == .map || kind == .transformMap || kind == .transformMapEntry
        guard bodies.count == 1 || (bodies.count == 2 && mayFilter) else {
            throw Fault("too many arguments for \(name)()", at: offset)
        }
        let comprehension = Comprehension(
            kind: kind, range: range, first: slot, second: names.count == 2 ? slot + 1 : nil,
            condition: bodies.count == 2 ? bodies[0] : nil, body: bodies[bodies.count - 1])
        return try make(.comprehension(comprehension), at: offset, over: [range] + bodies)
    }
}
