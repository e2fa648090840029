extension Function {
    static let lists: [Function] = [
        Function("lists.range") { evaluation, arguments in
            guard arguments.count == 1, case .int(let count) = arguments[0] else { return nil }
            guard count >= 0 else { throw Fault("a range of \(count)") }
            try evaluation.occupy(Int(clamping: count.multipliedReportingOverflow(by: 16).overflow ? .max : count * 16))
            return .list((0..<count).map { .int($0) })
        },
        Function("slice", .method) { evaluation, arguments in
            guard arguments.count == 3, case .list(let items) = arguments[0], case .int(let start) = arguments[1],
                case .int(let end) = arguments[2]
            else { return nil }
            guard start >= 0, start <= end, end <= items.count else {
                throw Fault("slice \(start) to \(end) of a list of \(items.count)")
            }
            try evaluation.occupy(Int(end - start) * 16)
            return .list(Array(items[Int(start)..<Int(end)]))
        },
        Function("flatten", .method) { evaluation, arguments in
            guard arguments.count == 1 || arguments.count == 2, case .list(let items) = arguments[0] else { return nil }
            var depth: Int64 = 1
            if arguments.count == 2 {
                guard case .int(let given) = arguments[1] else { return nil }
                guard given >= 0 else { throw Fault("a depth of \(given)") }
                depth = given
            }
            var result: [Value] = []
            try evaluation.flatten(items, depth: depth, into: &result)
            return .list(result)
        },
        Function("distinct", .method) { evaluation, arguments in
            guard arguments.count == 1, case .list(let items) = arguments[0] else { return nil }
            var result: [Value] = []
            for item in items where try !evaluation.isContained(item, in: .list(result)) { result.append(item) }
            try evaluation.occupy(result.count * 16)
            return .list(result)
        },
        Function("sort", .method) { evaluation, arguments in
            guard arguments.count == 1, case .list(let items) = arguments[0] else { return nil }
            try evaluation.spend(items.count * 8)
            try evaluation.occupy(items.count * 16)
            guard let first = items.first else { return arguments[0] }
            let state = evaluation
            do {
                _ = try state.order(first, first)
                return .list(try items.sorted { try state.order($0, $1) ?? 0 < 0 })
            } catch is Evaluation.NoOverload {
                throw Fault("sort() needs elements of one type that has an order")
            }
        },
    ]
}

extension Evaluation {
    fileprivate mutating func flatten(_ items: [Value], depth: Int64, into result: inout [Value]) throws {
        try occupy(items.count * 16)
        for item in items {
            if depth > 0, case .list(let inner) = item {
                try flatten(inner, depth: depth - 1, into: &result)
            } else {
                result.append(item)
            }
        }
    }
}
