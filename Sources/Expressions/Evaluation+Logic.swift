extension Evaluation {
    func not(_ value: Value, at offset: Int) throws -> Value {
        switch value {
        case .bool(let value): .bool(!value)
        case .unknown: .unknown
        default: throw Fault("no overload of ! for (\(value.typeName))", at: offset)
        }
    }

    /// `&&` (absorbing false) or `||` (absorbing true) over all items.
    ///
    /// The absorbing value wins over anything, else unknown over an error, else an error (CEL, "Logical operators").
    mutating func logical(_ items: [Node], absorbing: Bool, at offset: Int) throws -> Value {
        var fault: (any Error)?
        var isKnown = true
        for item in items {
            do {
                switch try value(of: item) {
                case .bool(let value):
                    if value == absorbing { return .bool(absorbing) }
                case .unknown: isKnown = false
                case let other:
                    let symbol = absorbing ? "||" : "&&"
                    let error = Fault("expected a bool beside \(symbol), found \(other.typeName)", at: item.offset)
                    fault = fault ?? error
                }
            } catch {
                fault = fault ?? error
            }
        }
        try spend()
        if !isKnown { return .unknown }
        if let fault { throw fault }
        return .bool(!absorbing)
    }

    @inline(never)
    mutating func value(of comprehension: Comprehension, at offset: Int) throws -> Value {
        let range = try value(of: comprehension.range)
        switch range {
        case .list(let items):
            return try run(comprehension, count: items.count, at: offset) { index in
                (comprehension.second == nil ? items[index] : .int(Int64(index)), items[index])
            }
        case .map(let map):
            return try run(comprehension, count: map.count, at: offset) { index in
                (map.entries[index].key, map.entries[index].value)
            }
        case .lazy(let map):
            let keys = try map.keys()
            return try run(comprehension, count: keys.count, at: offset) { index in
                let key = keys[index]
                return (.string(key), comprehension.second == nil ? .null : try map.member(key) ?? .null)
            }
        case .unknown: return .unknown
        default: throw Fault("a \(range.typeName) has no elements to go through", at: offset)
        }
    }

    private mutating func run(
        _ comprehension: Comprehension, count: Int, at offset: Int, element: (Int) throws -> (Value, Value)
    ) throws -> Value {
        switch comprehension.kind {
        case .all, .exists: try quantify(comprehension, count: count, element: element)
        case .existsOne: try one(comprehension, count: count, element: element)
        case .map, .filter, .transformMap, .transformMapEntry:
            try collect(comprehension, count: count, element: element)
        }
    }

    private mutating func set(_ comprehension: Comprehension, _ element: (Value, Value)) throws {
        try spend()
        locals[comprehension.first] = element.0
        if let second = comprehension.second { locals[second] = element.1 }
    }

    private mutating func quantify(
        _ comprehension: Comprehension, count: Int, element: (Int) throws -> (Value, Value)
    ) throws -> Value {
        let absorbing = comprehension.kind == .exists
        var fault: (any Error)?
        var isKnown = true
        for index in 0..<count {
            try set(comprehension, element(index))
            do {
                switch try value(of: comprehension.body) {
                case .bool(let value):
                    if value == absorbing { return .bool(absorbing) }
                case .unknown: isKnown = false
                case let other:
                    fault = fault ?? Fault("expected a bool, found \(other.typeName)", at: comprehension.body.offset)
                }
            } catch {
                fault = fault ?? error
            }
        }
        try spend()
        if !isKnown { return .unknown }
        if let fault { throw fault }
        return .bool(!absorbing)
    }

    /// The Boolean value of a node; nil when it is unknown.
    private mutating func condition(_ node: Node) throws -> Bool? {
        switch try value(of: node) {
        case .bool(let value): return value
        case .unknown: return nil
        case let other: throw Fault("expected a bool, found \(other.typeName)", at: node.offset)
        }
    }

    private mutating func one(
        _ comprehension: Comprehension, count: Int, element: (Int) throws -> (Value, Value)
    ) throws -> Value {
        var found = 0
        var isKnown = true
        for index in 0..<count {
            try set(comprehension, element(index))
            switch try condition(comprehension.body) {
            case true?: found += 1
            case false?: continue
            case nil: isKnown = false
            }
        }
        return isKnown ? .bool(found == 1) : .unknown
    }

    private mutating func collect(
        _ comprehension: Comprehension, count: Int, element: (Int) throws -> (Value, Value)
    ) throws -> Value {
        var items: [Value] = []
        var map = ValueMap()
        var isKnown = true
        for index in 0..<count {
            let pair = try element(index)
            try set(comprehension, pair)
            let test = comprehension.kind == .filter ? comprehension.body : comprehension.condition
            if let test {
                guard let isTaken = try condition(test) else {
                    isKnown = false
                    continue
                }
                guard isTaken else { continue }
            }
            let value = comprehension.kind == .filter ? pair.0 : try value(of: comprehension.body)
            if case .unknown = value {
                isKnown = false
                continue
            }
            try occupy(16)
            switch comprehension.kind {
            case .transformMap: map[pair.0] = value
            case .transformMapEntry: try merge(value, into: &map, at: comprehension.body.offset)
            case .all, .exists, .existsOne, .filter, .map: items.append(value)
            }
        }
        guard isKnown else { return .unknown }
        switch comprehension.kind {
        case .transformMap, .transformMapEntry: return .map(map)
        case .all, .exists, .existsOne, .filter, .map: return .list(items)
        }
    }

    private mutating func merge(_ value: Value, into map: inout ValueMap, at offset: Int) throws {
        guard case .map(let entries) = value else {
            throw Fault("expected a mapping of one entry, found \(value.typeName)", at: offset)
        }
        try occupy(entries.count * 32)
        for entry in entries.entries {
            guard map[entry.key] == nil else {
                throw Fault("the key \(entry.key.shortText) is there twice", at: offset)
            }
            map[entry.key] = entry.value
        }
    }
}
