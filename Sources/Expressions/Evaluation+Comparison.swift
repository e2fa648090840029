extension Value {
    /// Equality as the language has it: numbers of different types compare by value, and so do the elements of lists and
    /// mappings; NaN equals nothing.
    public func isEqual(to other: Value) throws -> Bool {
        var evaluation = Evaluation(scope: Bindings(), limits: Limits(steps: .max, size: .max), variableCount: 0)
        return try evaluation.areEqual(self, other)
    }
}

extension Evaluation {
    mutating func areEqual(_ left: Value, _ right: Value) throws -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try spend(left.utf8.count / 64)
            return isSameText(left, right)
        case (.int(let left), .int(let right)): return left == right
        case (.bool(let left), .bool(let right)): return left == right
        case (.int, _), (.uint, _), (.double, _): return Self.numericOrder(left, right) == 0
        case (.null, .null): return true
        case (.bytes(let left), .bytes(let right)):
            try spend(left.count / 64)
            return left == right
        case (.timestamp(let left), .timestamp(let right)): return left == right
        case (.duration(let left), .duration(let right)): return left == right
        case (.type(let left), .type(let right)): return left == right
        case (.list(let left), .list(let right)):
            guard left.count == right.count else { return false }
            for index in left.indices {
                try spend()
                guard try areEqual(left[index], right[index]) else { return false }
            }
            return true
        case (.map(let left), .map(let right)):
            guard left.count == right.count else { return false }
            for entry in left.entries {
                try spend()
                guard let other = right[entry.key], try areEqual(entry.value, other) else { return false }
            }
            return true
        case (.lazy(let left), .lazy(let right)) where left === right: return true
        case (.lazy(let left), .map), (.lazy(let left), .lazy): return try areEqual(left.materialised(), right)
        case (.map, .lazy(let right)): return try areEqual(left, right.materialised())
        default: return false
        }
    }

    /// Negative, zero or positive; nil where one is NaN. Throws for types that have no order.
    func order(_ left: Value, _ right: Value) throws -> Int? {
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return (left ? 1 : 0) - (right ? 1 : 0)
        case (.string(let left), .string(let right)): return Self.order(left.utf8, right.utf8)
        case (.bytes(let left), .bytes(let right)): return Self.order(left, right)
        case (.timestamp(let left), .timestamp(let right)): return left < right ? -1 : (left == right ? 0 : 1)
        case (.duration(let left), .duration(let right)): return left < right ? -1 : (left == right ? 0 : 1)
        case (.int, .int), (.int, .uint), (.int, .double), (.uint, .int), (.uint, .uint), (.uint, .double),
            (.double, .int), (.double, .uint), (.double, .double):
            return Self.numericOrder(left, right)
        default: throw NoOverload()
        }
    }

    private static func order(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Int {
        if left.lexicographicallyPrecedes(right) { return -1 }
        return right.lexicographicallyPrecedes(left) ? 1 : 0
    }

    /// The order of two numbers of any types; whole numbers meet doubles as doubles. Nil for NaN or no number.
    static func numericOrder(_ left: Value, _ right: Value) -> Int? {
        func sign<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
            left < right ? -1 : (left == right ? 0 : 1)
        }
        switch (left, right) {
        case (.int(let left), .int(let right)): return sign(left, right)
        case (.uint(let left), .uint(let right)): return sign(left, right)
        case (.int(let left), .uint(let right)): return left < 0 ? -1 : sign(UInt64(left), right)
        case (.uint(let left), .int(let right)): return right < 0 ? 1 : sign(left, UInt64(right))
        default: break
        }
        guard let left = left.asDouble, let right = right.asDouble, !left.isNaN, !right.isNaN else { return nil }
        return sign(left, right)
    }

    mutating func isContained(_ value: Value, in collection: Value) throws -> Bool {
        switch collection {
        case .list(let items):
            for item in items {
                try spend()
                if try areEqual(value, item) { return true }
            }
            return false
        case .map(let map): return map[value] != nil
        case .lazy(let map):
            guard case .string(let name) = value else { return false }
            return try map.member(name) != nil
        default: throw NoOverload()
        }
    }
}

extension Value {
    /// The number as a double, rounded where it must be; nil for anything but a number.
    var asDouble: Double? {
        switch self {
        case .int(let value): Double(value)
        case .uint(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}
