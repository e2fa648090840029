import RegularExpressions

extension Function {
    static let strings: [Function] = [
        Function("size", .either) { evaluation, arguments in
            guard arguments.count == 1 else { return nil }
            switch arguments[0] {
            case .string(let text):
                try evaluation.spend(text.utf8.count / 64)
                return .int(Int64(text.unicodeScalars.count))
            case .bytes(let bytes): return .int(Int64(bytes.count))
            case .list(let items): return .int(Int64(items.count))
            case .map(let map): return .int(Int64(map.count))
            case .lazy(let map): return .int(Int64(try map.keys().count))
            default: return nil
            }
        },
        text("contains") { try $0.search(for: $2, in: $1) != nil ? .bool(true) : .bool(false) },
        text("startsWith") { .bool($1.utf8.starts(with: $2.utf8)) },
        text("endsWith") { .bool($1.utf8.reversed().starts(with: $2.utf8.reversed())) },
        Function("matches", .either) { evaluation, arguments in
            guard arguments.count == 2, case .string(let text) = arguments[0], case .string(let pattern) = arguments[1]
            else { return nil }
            let expression = try evaluation.compiled(pattern)
            return .bool(try evaluation.isFound(expression, in: text))
        },
        Function("charAt", .method) { evaluation, arguments in
            guard arguments.count == 2, case .string(let text) = arguments[0], case .int(let place) = arguments[1]
            else { return nil }
            try evaluation.spend(text.utf8.count / 64)
            let scalars = text.unicodeScalars
            guard place >= 0, place <= scalars.count else { throw Fault("index out of range: \(place)") }
            return .string(scalars.dropFirst(Int(place)).first.map { String(Character($0)) } ?? "")
        },
        Function("indexOf", .method) { try index(&$0, $1, isLast: false) },
        Function("lastIndexOf", .method) { try index(&$0, $1, isLast: true) },
        Function("substring", .method) { evaluation, arguments in
            guard arguments.count == 2 || arguments.count == 3, case .string(let text) = arguments[0],
                case .int(let start) = arguments[1]
            else { return nil }
            let scalars = text.unicodeScalars
            let count = Int64(scalars.count)
            var end = count
            if arguments.count == 3 {
                guard case .int(let given) = arguments[2] else { return nil }
                end = given
            }
            guard start >= 0, start <= count else { throw Fault("index out of range: \(start)") }
            guard end >= 0, end <= count else { throw Fault("index out of range: \(end)") }
            guard start <= end else { throw Fault("range: start \(start), end \(end)") }
            try evaluation.occupy(text.utf8.count)
            let part = scalars.dropFirst(Int(start)).prefix(Int(end - start))
            return .string(String(String.UnicodeScalarView(part)))
        },
        mapped("lowerAscii") { text in ascii(text, 0x41...0x5A) },
        mapped("upperAscii") { text in ascii(text, 0x61...0x7A) },
        mapped("trim") { text in
            let scalars = text.unicodeScalars
            let rest = scalars.drop { $0.properties.isWhitespace }
            guard let last = rest.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
            return String(rest[...last])
        },
        Function("reverse", .method) { evaluation, arguments in
            guard arguments.count == 1 else { return nil }
            switch arguments[0] {
            case .string(let text):
                try evaluation.occupy(text.utf8.count)
                return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
            case .list(let items):
                try evaluation.occupy(items.count * 16)
                return .list(items.reversed())
            default: return nil
            }
        },
        Function("replace", .method) { evaluation, arguments in
            guard arguments.count == 3 || arguments.count == 4, case .string(let text) = arguments[0],
                case .string(let old) = arguments[1], case .string(let new) = arguments[2]
            else { return nil }
            var limit: Int64 = -1
            if arguments.count == 4 {
                guard case .int(let given) = arguments[3] else { return nil }
                limit = given
            }
            let parts = try evaluation.parts(
                of: text, separator: old, limit: limit < 0 ? -1 : limit &+ 1, isReplacing: true)
            try evaluation.occupy(text.utf8.count + (parts.count - 1) * new.utf8.count)
            return .string(parts.joined(separator: new))
        },
        Function("split", .method) { evaluation, arguments in
            guard arguments.count == 2 || arguments.count == 3, case .string(let text) = arguments[0],
                case .string(let separator) = arguments[1]
            else { return nil }
            var limit: Int64 = -1
            if arguments.count == 3 {
                guard case .int(let given) = arguments[2] else { return nil }
                limit = given
            }
            let parts = try evaluation.parts(of: text, separator: separator, limit: limit, isReplacing: false)
            try evaluation.occupy(text.utf8.count + parts.count * 16)
            return .list(parts.map { .string($0) })
        },
        Function("join", .method) { evaluation, arguments in
            guard arguments.count == 1 || arguments.count == 2, case .list(let items) = arguments[0] else { return nil }
            var separator = ""
            if arguments.count == 2 {
                guard case .string(let given) = arguments[1] else { return nil }
                separator = given
            }
            var parts: [String] = []
            for item in items {
                guard case .string(let part) = item else { return nil }
                try evaluation.spend()
                try evaluation.occupy(part.utf8.count + separator.utf8.count)
                parts.append(part)
            }
            return .string(parts.joined(separator: separator))
        },
        Function("strings.quote") { evaluation, arguments in
            guard arguments.count == 1, case .string(let text) = arguments[0] else { return nil }
            try evaluation.occupy(text.utf8.count * 2)
            return .string(quoted(text))
        },
    ]

    private static func text(
        _ name: String, _ body: @escaping @Sendable (inout Evaluation, String, String) throws -> Value
    ) -> Function {
        Function(name, .method) { evaluation, arguments in
            guard arguments.count == 2, case .string(let text) = arguments[0], case .string(let other) = arguments[1]
            else { return nil }
            try evaluation.spend((text.utf8.count + other.utf8.count) / 64)
            return try body(&evaluation, text, other)
        }
    }

    private static func mapped(_ name: String, _ body: @escaping @Sendable (String) -> String) -> Function {
        Function(name, .method) { evaluation, arguments in
            guard arguments.count == 1, case .string(let text) = arguments[0] else { return nil }
            try evaluation.occupy(text.utf8.count)
            return .string(body(text))
        }
    }

    private static func ascii(_ text: String, _ letters: ClosedRange<UInt8>) -> String {
        String(decoding: text.utf8.map { letters.contains($0) ? $0 ^ 0x20 : $0 }, as: UTF8.self)
    }

    private static func index(_ evaluation: inout Evaluation, _ arguments: [Value], isLast: Bool) throws -> Value? {
        guard arguments.count == 2 || arguments.count == 3, case .string(let text) = arguments[0],
            case .string(let wanted) = arguments[1]
        else { return nil }
        try evaluation.spend((text.utf8.count + wanted.utf8.count) / 16)
        let scalars = Array(text.unicodeScalars)
        let pattern = Array(wanted.unicodeScalars)
        var start = isLast ? scalars.count : 0
        if arguments.count == 3 {
            guard case .int(let given) = arguments[2] else { return nil }
            guard given >= 0, given <= scalars.count else { throw Fault("index out of range: \(given)") }
            start = Int(given)
        }
        if pattern.isEmpty { return .int(Int64(start)) }
        guard pattern.count <= scalars.count else { return .int(-1) }
        let last = scalars.count - pattern.count
        guard isLast || start <= last else { return .int(-1) }
        let places = isLast ? Array(stride(from: min(start, last), through: 0, by: -1)) : Array(start...last)
        for place in places {
            try evaluation.spend(scalars[place] == pattern[0] ? pattern.count / 16 + 1 : 0)
            if scalars[place...].starts(with: pattern) { return .int(Int64(place)) }
        }
        return .int(-1)
    }

    /// The text in double quotes, with the language's own escapes.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0B}": result += "\\v"
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Evaluation {
    /// The compiled form of a pattern that is not a literal.
    mutating func compiled(_ pattern: String) throws -> RegularExpression {
        try spend(pattern.utf8.count)
        do throws(RegularExpressionError) {
            let expression = try RegularExpression(pattern)
            steps -= expression.instructionCount / 4
            return expression
        } catch {
            throw Fault(
                "the regular expression, at character \(error.offset + 1): \(error.message)", hint: error.hint)
        }
    }

    /// Whether an expression matches somewhere in a text; large ones cost more.
    mutating func isFound(_ expression: RegularExpression, in text: String) throws -> Bool {
        try spend(text.utf8.count / 16 * (1 + expression.instructionCount / 64))
        return expression.isFound(in: text)
    }

    /// The first place of a text in another, in bytes; nil when it is not there.
    mutating func search(for wanted: String, in text: String, from start: Int = 0) throws -> Int? {
        let (pattern, bytes) = (Array(wanted.utf8), Array(text.utf8))
        return try search(for: pattern, in: bytes, from: start)
    }

    mutating func search(for pattern: [UInt8], in bytes: [UInt8], from start: Int) throws -> Int? {
        guard let first = pattern.first else { return start }
        var place = start
        while place + pattern.count <= bytes.count {
            if bytes[place] == first {
                try spend(pattern.count / 64)
                if bytes[place..<(place + pattern.count)].elementsEqual(pattern) { return place }
            }
            place += 1
        }
        return nil
    }

    /// The parts of a text between separators, at most `limit` when it is not negative.
    ///
    /// An empty separator stands between all code points; when replacing, also before the first and after the last.
    mutating func parts(of text: String, separator: String, limit: Int64, isReplacing: Bool) throws -> [String] {
        if limit == 0 { return [] }
        if limit == 1 { return [text] }
        var parts: [String] = []
        if separator.isEmpty {
            var rest = text.unicodeScalars[...]
            if isReplacing { parts.append("") }
            while let scalar = rest.first, limit < 0 || parts.count + 1 < limit {
                try spend()
                parts.append(String(Character(scalar)))
                rest.removeFirst()
            }
            if !rest.isEmpty || isReplacing { parts.append(String(rest)) }
            return parts
        }
        let (pattern, bytes) = (Array(separator.utf8), Array(text.utf8))
        var start = 0
        while limit < 0 || parts.count + 1 < limit, let place = try search(for: pattern, in: bytes, from: start) {
            try spend()
            parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + pattern.count
        }
        parts.append(String(decoding: bytes[start...], as: UTF8.self))
        return parts
    }
}
