extension Function {
    static let mathematics: [Function] = [
        Function("math.greatest") { _, arguments in try extreme(arguments, isGreatest: true) },
        Function("math.least") { _, arguments in try extreme(arguments, isGreatest: false) },
        real("math.ceil") { .double($0.rounded(.up)) },
        real("math.floor") { .double($0.rounded(.down)) },
        real("math.round") { .double($0.rounded(.toNearestOrAwayFromZero)) },
        real("math.trunc") { .double($0.rounded(.towardZero)) },
        real("math.isNaN") { .bool($0.isNaN) },
        real("math.isInf") { .bool($0.isInfinite) },
        real("math.isFinite") { .bool($0.isFinite) },
        Function("math.sqrt") { _, arguments in
            guard arguments.count == 1, let number = arguments[0].asDouble else { return nil }
            return .double(number.squareRoot())
        },
        Function("math.abs") { _, arguments in
            guard arguments.count == 1 else { return nil }
            switch arguments[0] {
            case .int(let number):
                guard number != .min else { throw Fault("int overflow") }
                return .int(abs(number))
            case .uint: return arguments[0]
            case .double(let number): return .double(number.magnitude)
            default: return nil
            }
        },
        Function("math.sign") { _, arguments in
            guard arguments.count == 1 else { return nil }
            switch arguments[0] {
            case .int(let number): return .int(number.signum())
            case .uint(let number): return .uint(number == 0 ? 0 : 1)
            case .double(let number):
                if number.isNaN { return .double(number) }
                return .double(number == 0 ? 0 : (number < 0 ? -1 : 1))
            default: return nil
            }
        },
    ]

    static let bits: [Function] = [
        bitwise("math.bitAnd", { $0 & $1 }),
        bitwise("math.bitOr", { $0 | $1 }),
        bitwise("math.bitXor", { $0 ^ $1 }),
        Function("math.bitNot") { _, arguments in
            guard arguments.count == 1 else { return nil }
            switch arguments[0] {
            case .int(let number): return .int(~number)
            case .uint(let number): return .uint(~number)
            default: return nil
            }
        },
        shift("math.bitShiftLeft") { $0 << $1 },
        shift("math.bitShiftRight") { $0 >> $1 },
    ]

    private static func real(_ name: String, _ body: @escaping @Sendable (Double) -> Value) -> Function {
        Function(name) { _, arguments in
            guard arguments.count == 1, case .double(let number) = arguments[0] else { return nil }
            return body(number)
        }
    }

    private static func extreme(_ arguments: [Value], isGreatest: Bool) throws -> Value? {
        var numbers = arguments
        if arguments.count == 1, case .list(let items) = arguments[0] { numbers = items }
        guard var best = numbers.first, numbers.allSatisfy({ $0.asDouble != nil }) else { return nil }
        for number in numbers.dropFirst() {
            guard let order = Evaluation.numericOrder(number, best) else { continue }
            if isGreatest ? order > 0 : order < 0 { best = number }
        }
        return best
    }

    private static func bitwise(_ name: String, _ body: @escaping @Sendable (UInt64, UInt64) -> UInt64) -> Function {
        Function(name) { _, arguments in
            guard arguments.count == 2 else { return nil }
            switch (arguments[0], arguments[1]) {
            case (.int(let left), .int(let right)):
                return .int(Int64(bitPattern: body(UInt64(bitPattern: left), UInt64(bitPattern: right))))
            case (.uint(let left), .uint(let right)): return .uint(body(left, right))
            default: return nil
            }
        }
    }

    /// A shift over the bits of either type, zeros coming in; Swift's operators give 0 for shifts of 64 and more.
    private static func shift(_ name: String, _ body: @escaping @Sendable (UInt64, Int64) -> UInt64) -> Function {
        Function(name) { _, arguments in
            guard arguments.count == 2, case .int(let distance) = arguments[1] else { return nil }
            guard distance >= 0 else { throw Fault("a shift by \(distance)") }
            switch arguments[0] {
            case .int(let number): return .int(Int64(bitPattern: body(UInt64(bitPattern: number), distance)))
            case .uint(let number): return .uint(body(number, distance))
            default: return nil
            }
        }
    }
}
