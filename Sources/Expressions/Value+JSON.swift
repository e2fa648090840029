extension Value {
    /// Reads plain JSON; whole numbers are ints (uints above the greatest int), other numbers doubles.
    public init(json text: String) throws(JSONError) {
        self = try JSONReader.value(of: Array(text.utf8))
    }

    /// Reads plain JSON from bytes.
    public init(json bytes: [UInt8]) throws(JSONError) {
        self = try JSONReader.value(of: bytes)
    }

    /// Reads the form that `typedJSON()` writes, from JSON that was already read; throws where it has another form.
    public init(typed json: Value) throws(JSONError) {
        guard case .map(let map) = json, map.count == 1, let entry = map.entries.first,
            case .string(let name) = entry.key, let value = try Self.typed(name, entry.value)
        else {
            throw JSONError(message: "expected one typed value such as {\"int\":\"1\"}", offset: 0)
        }
        self = value
    }

    private static func typed(_ name: String, _ value: Value) throws(JSONError) -> Value? {
        switch (name, value) {
        case ("null", .null): return .null
        case ("bool", .bool): return value
        case ("int", .string(let text)): return Int64(text).map { .int($0) }
        case ("int", .int): return value
        case ("uint", .string(let text)): return UInt64(text).map { .uint($0) }
        case ("uint", .int(let number)): return UInt64(exactly: number).map { .uint($0) }
        case ("uint", .uint): return value
        case ("double", .string(let text)): return Function.parseDouble(text).map { .double($0) }
        case ("double", .int), ("double", .uint), ("double", .double): return value.asDouble.map { .double($0) }
        case ("string", .string): return value
        case ("type", .string(let text)): return .type(text)
        case ("bytes", .string(let text)): return Base64.decode(text).map { .bytes($0) }
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
