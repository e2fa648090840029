import Values

extension Evaluation {
    func negated(_ value: Value, at offset: Int) throws -> Value {
        switch value {
        case .int(let value):
            guard value != .min else { throw Fault("int overflow", at: offset) }
            return .int(-value)
        case .double(let value): return .double(-value)
        case .unknown: return .unknown
        default: throw Fault("no overload of - for (\(value.typeName))", at: offset)
        }
    }

    mutating func apply(_ symbol: BinaryOperator, _ left: Value, _ right: Value, at offset: Int) throws -> Value {
        if case .unknown = left { return .unknown }
        if case .unknown = right { return .unknown }
        do {
            switch symbol {
            case .equal: return .bool(try areEqual(left, right))
            case .notEqual: return .bool(try !areEqual(left, right))
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                if case .string(let text) = left { try spend(text.utf8.count / 64) }
                if case .bytes(let bytes) = left { try spend(bytes.count / 64) }
                guard let order = try order(left, right) else { return .bool(false) }
                switch symbol {
                case .less: return .bool(order < 0)
                case .lessOrEqual: return .bool(order <= 0)
                case .greater: return .bool(order > 0)
                default: return .bool(order >= 0)
                }
            case .contained: return .bool(try isContained(left, in: right))
            case .add, .subtract, .multiply, .divide, .remainder: return try arithmetic(symbol, left, right)
            }
        } catch is NoOverload {
            throw Fault("no overload of \(symbol.symbol) for (\(left.typeName), \(right.typeName))", at: offset)
        } catch let fault as Fault {
            throw fault.located(at: offset)
        }
    }

    struct NoOverload: Error {}

    private mutating func arithmetic(_ symbol: BinaryOperator, _ left: Value, _ right: Value) throws -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)): return .int(try whole(symbol, left, right, "int"))
        case (.uint(let left), .uint(let right)): return .uint(try whole(symbol, left, right, "uint"))
        case (.double(let left), .double(let right)):
            switch symbol {
            case .add: return .double(left + right)
            case .subtract: return .double(left - right)
            case .multiply: return .double(left * right)
            case .divide: return .double(left / right)
            default: throw NoOverload()
            }
        case (.timestamp, _), (.duration, _): return try time(symbol, left, right)
        default: break
        }
        guard symbol == .add else { throw NoOverload() }
        switch (left, right) {
        case (.string(let left), .string(let right)):
            try occupy(left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.bytes(let left), .bytes(let right)):
            try occupy(left.count + right.count)
            return .bytes(left + right)
        case (.list(let left), .list(let right)):
            try occupy((left.count + right.count) * 16)
            return .list(left + right)
        default: throw NoOverload()
        }
    }

    private func whole<Number: FixedWidthInteger>(
        _ symbol: BinaryOperator, _ left: Number, _ right: Number, _ name: String
    ) throws -> Number {
        let result: (partialValue: Number, overflow: Bool)
        switch symbol {
        case .add: result = left.addingReportingOverflow(right)
        case .subtract: result = left.subtractingReportingOverflow(right)
        case .multiply: result = left.multipliedReportingOverflow(by: right)
        case .divide, .remainder:
            guard right != 0 else { throw Fault(symbol == .divide ? "division by zero" : "modulus by zero") }
            let divided = left.dividedReportingOverflow(by: right)
            result = symbol == .divide ? divided : (divided.overflow ? 0 : left % right, divided.overflow)
        default: throw NoOverload()
        }
        guard !result.overflow else { throw Fault("\(name) overflow") }
        return result.partialValue
    }

    private func time(_ symbol: BinaryOperator, _ left: Value, _ right: Value) throws -> Value {
        func checked(_ duration: Duration) throws -> Value {
            guard duration.wholeNanoseconds != nil else { throw Fault("duration out of range") }
            return .duration(duration)
        }
        func moment(_ timestamp: Timestamp, _ duration: Duration) throws -> Value {
            let sum = Duration.seconds(timestamp.seconds) + .nanoseconds(Int64(timestamp.nanoseconds)) + duration
            var (seconds, nanoseconds) = (sum.components.seconds, sum.nanosecondPart)
            if nanoseconds < 0 { (seconds, nanoseconds) = (seconds - 1, nanoseconds + 1_000_000_000) }
            guard let moment = Timestamp(seconds: seconds, nanoseconds: Int32(nanoseconds)) else {
                throw Fault("timestamp out of range")
            }
            return .timestamp(moment)
        }
        switch (symbol, left, right) {
        case (.add, .timestamp(let left), .duration(let right)), (.add, .duration(let right), .timestamp(let left)):
            return try moment(left, right)
        case (.subtract, .timestamp(let left), .duration(let right)): return try moment(left, .zero - right)
        case (.add, .duration(let left), .duration(let right)): return try checked(left + right)
        case (.subtract, .duration(let left), .duration(let right)): return try checked(left - right)
        case (.subtract, .timestamp(let left), .timestamp(let right)):
            let nanoseconds = Int64(left.nanoseconds) - Int64(right.nanoseconds)
            return try checked(.seconds(left.seconds - right.seconds) + .nanoseconds(nanoseconds))
        default: throw NoOverload()
        }
    }
}
