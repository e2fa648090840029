import RegularExpressions
import Values

/// One evaluation under way: walks the tree, counting steps and what is made.
struct Evaluation {
    let scope: any Scope
    var locals: [Value]
    var steps: Int
    private var size: Int

    init(scope: any Scope, limits: Limits, variableCount: Int) {
        self.scope = scope
        steps = limits.steps
        size = limits.size
        locals = variableCount == 0 ? [] : Array(repeating: .null, count: variableCount)
    }

    /// Counts work; after the limit every further step fails too, so that `||` cannot absorb it.
    @inline(__always)
    mutating func spend(_ count: Int = 1) throws {
        steps -= count
        guard steps >= 0 else { throw Fault("the expression takes too many steps") }
    }

    /// Counts bytes of text or elements that were made.
    mutating func occupy(_ count: Int) throws {
        size -= count
        guard size >= 0 else {
            steps = -1
            throw Fault("the expression makes too large a value")
        }
    }

    /// Refuses a result that shares its parts so often that writing it out would never end.
    mutating func weigh(_ value: Value) throws {
        switch value {
        case .list(let items):
            try spend(items.count)
            for item in items { try weigh(item) }
        case .map(let map):
            try spend(map.count)
            for entry in map.entries { try weigh(entry.value) }
        default: return
        }
    }

    mutating func value(of node: Node) throws -> Value {
        try spend()
        switch node.kind {
        case .literal(let value): return value
        case .local(let slot): return locals[slot]
        case .path(let path): return try value(of: path, at: node.offset)
        case .select(let operand, let field):
            return try member(field, of: value(of: operand), at: node.offset)
        case .has(let operand, let field): return try has(field, in: value(of: operand), at: node.offset)
        case .index(let operand, let index):
            let value = try value(of: operand)
            return try element(self.value(of: index), of: value, at: node.offset)
        case .not(let operand): return try not(value(of: operand), at: node.offset)
        case .negate(let operand): return try negated(value(of: operand), at: node.offset)
        case .and(let items): return try logical(items, absorbing: false, at: node.offset)
        case .or(let items): return try logical(items, absorbing: true, at: node.offset)
        case .conditional(let condition, let yes, let no):
            switch try value(of: condition) {
            case .bool(let isTrue): return try value(of: isTrue ? yes : no)
            case .unknown: return .unknown
            case let other: throw Fault("expected a bool before '?', found \(other.typeName)", at: condition.offset)
            }
        case .binary(let symbol, let left, let right):
            let value = try value(of: left)
            return try apply(symbol, value, self.value(of: right), at: node.offset)
        default: return try composite(node)
        }
    }

    /// The kinds of node that need more room on the stack.
    @inline(never)
    private mutating func composite(_ node: Node) throws -> Value {
        switch node.kind {
        case .list(let items):
            guard let values = try values(of: items) else { return .unknown }
            try occupy(values.count * 16 + 16)
            return .list(values)
        case .map(let items): return try map(items)
        case .call(let function, let arguments): return try call(function, arguments, at: node.offset)
        case .hostCall(let name, let arguments): return try hostCall(name, arguments, at: node.offset)
        case .undefinedMethod(let name, _):
            throw Fault(
                "undefined method \(name)", at: node.offset,
                hint: Spelling.nearest(to: name, among: Function.methods.keys.sorted()))
        case .matches(let operand, let expression):
            switch try value(of: operand) {
            case .string(let text): return .bool(try isFound(expression, in: text))
            case .unknown: return .unknown
            case let other: throw Fault("no overload of matches for (\(other.typeName), string)", at: node.offset)
            }
        case .comprehension(let comprehension): return try value(of: comprehension, at: node.offset)
        case .bind(let slot, let operand, let body):
            locals[slot] = try value(of: operand)
            return try value(of: body)
        default: return .null
        }
    }

    /// The values of several nodes; nil when one of them is unknown.
    private mutating func values(of nodes: [Node]) throws -> [Value]? {
        var values: [Value] = []
        values.reserveCapacity(nodes.count)
        var isKnown = true
        for node in nodes {
            let value = try value(of: node)
            if case .unknown = value { isKnown = false }
            values.append(value)
        }
        return isKnown ? values : nil
    }

    private mutating func map(_ items: [Node.MapItem]) throws -> Value {
        var map = ValueMap()
        var isKnown = true
        for item in items {
            let key = try value(of: item.key)
            let value = try value(of: item.value)
            if case .unknown = value { isKnown = false }
            if case .unknown = key {
                isKnown = false
                continue
            }
            guard ValueMap.canBeKey(key) else {
                throw Fault(
                    "a \(key.typeName) cannot be a key", at: item.key.offset, hint: "keys are bool, int, uint or string"
                )
            }
            guard map[key] == nil else { throw Fault("the key \(key.shortText) is there twice", at: item.key.offset) }
            map[key] = value
        }
        try occupy(items.count * 32 + 16)
        return isKnown ? .map(map) : .unknown
    }

    private mutating func call(_ function: Function, _ arguments: [Node], at offset: Int) throws -> Value {
        guard let values = try values(of: arguments) else { return .unknown }
        do {
            return try function.body(&self, values)
        } catch let fault as Fault {
            throw fault.located(at: offset)
        }
    }

    private mutating func hostCall(_ name: String, _ arguments: [Node], at offset: Int) throws -> Value {
        var values: [Value] = []
        for argument in arguments { values.append(try value(of: argument)) }
        if let value = try scope.call(name, values) { return value }
        let hint = Spelling.nearest(to: name, among: Function.globals.keys.sorted())
        throw Fault("undefined function \(name)", at: offset, hint: hint)
    }
}
