public import Values

extension Value {
    /// Reads plain JSON; whole numbers are ints, other numbers doubles.
    public init(json bytes: [UInt8]) throws(JSONFault) {
        self = Value(try Datum(json: bytes, depth: 200))
    }

    public init(_ datum: Datum) {
        switch datum {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .list(let items): self = .list(items.map { Value($0) })
        case .map(let members): self = .map(ValueMap(members.map { ($0.key, Value($0.value)) }))
        }
    }

    /// The value as JSON; bytes are base64, times their text, keys of mappings text; throws for an unknown value.
    public func json() throws -> String {
        var evaluation = Evaluation(scope: Bindings(), limits: Limits(steps: .max, size: .max), variableCount: 0)
        var writer = JSONWriter()
        try evaluation.write(self, to: &writer)
        return writer.text
    }

    /// The value as JSON that keeps the types apart: `{"int":"1"}`, `{"list":[...]}`, `{"map":[[key,value],...]}`.
    public func typedJSON() throws -> String { try typed().compactJSON }

    private func typed() throws -> Datum {
        switch self {
        case .null: return ["null": .null]
        case .bool(let value): return ["bool": .bool(value)]
        case .int(let value): return ["int": .string(String(value))]
        case .uint(let value): return ["uint": .string(String(value))]
        case .double(let value): return ["double": .string(NumberText.special(value) ?? value.description)]
        case .string(let value): return ["string": .string(value)]
        case .bytes(let value): return ["bytes": .string(Base64.text(of: value))]
        case .type(let name): return ["type": .string(name)]
        case .timestamp(let moment): return ["timestamp": [.int(moment.seconds), .int(Int64(moment.nanoseconds))]]
        case .duration(let length):
            return ["duration": [.int(length.components.seconds), .int(length.nanosecondPart)]]
        case .list(let items): return ["list": .list(try items.map { try $0.typed() })]
        case .map(let map):
            return ["map": .list(try map.entries.map { [try $0.key.typed(), try $0.value.typed()] })]
        case .lazy(let map): return try map.materialised().typed()
        case .unknown: throw Fault("a value that is not known has no text")
        }
    }

    /// Reads the form that `typedJSON()` writes, from JSON that was already read; throws where it has another form.
    public init(typed json: Value) throws(JSONFault) {
        guard case .map(let map) = json, map.count == 1, let entry = map.entries.first,
            case .string(let name) = entry.key, let value = try Self.typed(name, entry.value)
        else {
            throw JSONFault("expected one typed value such as {\"int\":\"1\"}", at: 0)
        }
        self = value
    }

    private static func typed(_ name: String, _ value: Value) throws(JSONFault) -> Value? {
        switch (name, value) {
        case ("null", .null), ("bool", .bool), ("int", .int), ("string", .string): return value
        case ("int", .string(let text)): return Int64(text).map { .int($0) }
        case ("uint", .string(let text)): return UInt64(text).map { .uint($0) }
        case ("uint", .int(let number)): return UInt64(exactly: number).map { .uint($0) }
        case ("double", .string(let text)): return Function.parseDouble(text).map { .double($0) }
        case ("double", .int), ("double", .double): return value.asDouble.map { .double($0) }
        case ("type", .string(let text)): return .type(text)
        case ("bytes", .string(let text)): return Base64.bytes(of: text.utf8, .lenient).map { .bytes($0) }
        case ("timestamp", .list(let parts)):
            guard parts.count == 2, let seconds = parts[0].wholeNumber, let nanoseconds = parts[1].wholeNumber,
                let narrow = Int32(exactly: nanoseconds)
            else { return nil }
            return Timestamp(seconds: seconds, nanoseconds: narrow).map { .timestamp($0) }
        case ("duration", .list(let parts)):
            guard parts.count == 2, let seconds = parts[0].wholeNumber, let nanoseconds = parts[1].wholeNumber
            else { return nil }
            let length = Duration.seconds(seconds) + .nanoseconds(nanoseconds)
            return length.wholeNanoseconds == nil ? nil : .duration(length)
        case ("list", .list(let items)):
            var values: [Value] = []
            for item in items { values.append(try Value(typed: item)) }
            return .list(values)
        case ("map", .list(let pairs)):
            var map = ValueMap()
            for pair in pairs {
                guard case .list(let parts) = pair, parts.count == 2 else { return nil }
                let key = try Value(typed: parts[0])
                guard ValueMap.canBeKey(key) else { return nil }
                map[key] = try Value(typed: parts[1])
            }
            return .map(map)
        default: return nil
        }
    }
}

extension Evaluation {
    mutating func write(_ value: Value, to writer: inout JSONWriter) throws {
        try spend()
        switch value {
        case .null: writer.raw("null")
        case .bool(let value): writer.raw(value ? "true" : "false")
        case .int(let value): writer.raw(String(value))
        case .uint(let value): writer.raw(String(value))
        case .double(let value):
            guard let special = NumberText.special(value) else { return writer.raw(value.description) }
            writer.string(special)
        case .string(let text), .type(let text):
            try occupy(text.utf8.count)
            writer.string(text)
        case .bytes(let bytes):
            try occupy(bytes.count * 2)
            writer.string(Base64.text(of: bytes))
        case .timestamp(let moment): writer.string(moment.text)
        case .duration(let length): writer.string(length.expressionText)
        case .list(let items):
            writer.raw("[")
            for (index, item) in items.enumerated() {
                if index > 0 { writer.raw(",") }
                try write(item, to: &writer)
            }
            writer.raw("]")
        case .map(let map):
            writer.raw("{")
            for (index, entry) in map.entries.enumerated() {
                if index > 0 { writer.raw(",") }
                try occupy(16)
                writer.string(entry.key.shortText)
                writer.raw(":")
                try write(entry.value, to: &writer)
            }
            writer.raw("}")
        case .lazy(let map): try write(map.materialised(), to: &writer)
        case .unknown: throw Fault("a value that is not known has no text")
        }
    }
}
