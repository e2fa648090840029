import Values

extension Function {
    static let formatting: [Function] = [
        Function("format", .method) { evaluation, arguments in
            guard arguments.count == 2, case .string(let text) = arguments[0], case .list(let items) = arguments[1]
            else { return nil }
            return .string(try evaluation.format(text, items))
        }
    ]
}

extension Evaluation {
    mutating func format(_ text: String, _ items: [Value]) throws -> String {
        var result = ""
        var rest = text.unicodeScalars[...]
        var used = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            if rest.first == "%" {
                result.append("%")
                rest.removeFirst()
                continue
            }
            var precision: Int?
            if rest.first == "." {
                rest.removeFirst()
                var digits = ""
                while let digit = rest.first, "0"..."9" ~= digit {
                    digits.unicodeScalars.append(digit)
                    rest.removeFirst()
                }
                guard let value = Int(digits), value <= 1000 else {
                    throw Fault("expected a precision of at most 1000 in a format")
                }
                precision = value
            }
            guard let verb = rest.popFirst() else { throw Fault("a format ends in the middle of a '%'") }
            guard used < items.count else { throw Fault("the format needs more than \(items.count) values") }
            let part = try self.text(of: items[used], verb: verb, precision: precision)
            used += 1
            try occupy(part.utf8.count)
            result += part
        }
        try occupy(text.utf8.count)
        return result
    }

    private mutating func text(of value: Value, verb: Unicode.Scalar, precision: Int?) throws -> String {
        switch verb {
        case "s": return try plainText(of: value)
        case "d":
            switch value {
            case .int(let number): return String(number)
            case .uint(let number): return String(number)
            case .double(let number): return NumberText.plain(number)
            default: break
            }
        case "f":
            if let number = value.asDouble { return NumberText.fixed(number, precision: precision ?? 6) }
        case "e":
            if let number = value.asDouble { return NumberText.scientific(number, precision: precision ?? 6) }
        case "b":
            if case .bool(let isTrue) = value { return isTrue ? "1" : "0" }
            if let text = Self.text(of: value, radix: 2) { return text }
        case "o":
            if let text = Self.text(of: value, radix: 8) { return text }
        case "x", "X":
            var text = Self.text(of: value, radix: 16)
            if case .string(let string) = value { text = string.utf8.hexadecimal }
            if case .bytes(let bytes) = value { text = bytes.hexadecimal }
            if let text { return verb == "X" ? text.uppercased() : text }
        default:
            throw Fault("unknown format '%\(verb)'", hint: "the formats are %s %d %f %e %b %o %x %X %%")
        }
        throw Fault("'%\(verb)' does not format a \(value.typeName)")
    }

    private static func text(of value: Value, radix: Int) -> String? {
        switch value {
        case .int(let number): String(number, radix: radix)
        case .uint(let number): String(number, radix: radix)
        default: nil
        }
    }

    /// The text of any value as `%s` writes it; mappings are in order of their keys' text.
    mutating func plainText(of value: Value) throws -> String {
        try spend()
        switch value {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .int(let value): return String(value)
        case .uint(let value): return String(value)
        case .double(let value): return NumberText.plain(value)
        case .string(let text), .type(let text): return text
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .timestamp(let moment): return moment.text
        case .duration(let length): return length.expressionText
        case .list(let items):
            var parts: [String] = []
            for item in items { parts.append(try plainText(of: item)) }
            let text = "[" + parts.joined(separator: ", ") + "]"
            try occupy(text.utf8.count)
            return text
        case .map(let map):
            var parts: [(key: String, value: String)] = []
            for entry in map.entries { parts.append((try plainText(of: entry.key), try plainText(of: entry.value))) }
            parts.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            let text = "{" + parts.map { $0.key + ": " + $0.value }.joined(separator: ", ") + "}"
            try occupy(text.utf8.count)
            return text
        case .lazy(let map): return try plainText(of: map.materialised())
        case .unknown: throw Fault("a value that is not known has no text")
        }
    }
}
