import Values

extension Evaluation {
    func value(of path: Path, at offset: Int) throws -> Value {
        if scope.hasDottedNames {
            for count in stride(from: path.fields.count, to: 0, by: -1) {
                guard let value = try scope.value(named: path.name(fieldCount: count)) else { continue }
                return try select(path.fields.dropFirst(count), from: value)
            }
        }
        guard let value = try scope.value(named: path.root) else { return try typeValue(of: path, at: offset) }
        return path.fields.isEmpty ? value : try select(path.fields[...], from: value)
    }

    private func select(_ fields: ArraySlice<Path.Field>, from value: Value) throws -> Value {
        var value = value
        for field in fields { value = try member(field.name, of: value, at: field.offset) }
        return value
    }

    /// A name that the scope does not know: the name of a type, or a mistake.
    private func typeValue(of path: Path, at offset: Int) throws -> Value {
        for count in stride(from: path.fields.count, through: 0, by: -1) {
            let name = path.name(fieldCount: count)
            if Value.typeNames.contains(name) { return try select(path.fields.dropFirst(count), from: .type(name)) }
        }
        let names = scope.names
        var hint = Spelling.nearest(to: path.root, among: names)
        if hint == nil, !names.isEmpty { hint = "the names here are " + names.prefix(12).joined(separator: ", ") }
        throw Fault("undefined name \(path.root)", at: offset, hint: hint)
    }

    func member(_ name: String, of value: Value, at offset: Int) throws -> Value {
        switch value {
        case .map(let map):
            if let member = map[name] { return member }
            throw Fault("expected a key of the mapping, found `\(name)`", at: offset, hint: map.hint(for: name))
        case .lazy(let map):
            if let member = try map.member(name) { return member }
            let absence = map.absence(of: name)
            throw Fault(
                absence?.message ?? "expected a key of the mapping, found `\(name)`", at: offset,
                hint: Spelling.nearest(to: name, among: try map.keys()) ?? absence?.hint)
        case .unknown: return .unknown
        default: throw Fault("a \(value.typeName) has no field \(name)", at: offset)
        }
    }

    func has(_ name: String, in value: Value, at offset: Int) throws -> Value {
        switch value {
        case .map(let map): .bool(map[name] != nil)
        case .lazy(let map): .bool(try map.member(name) != nil)
        case .unknown: .unknown
        default: throw Fault("a \(value.typeName) has no field \(name)", at: offset)
        }
    }

    func element(_ index: Value, of value: Value, at offset: Int) throws -> Value {
        if case .unknown = index { return .unknown }
        switch value {
        case .unknown: return .unknown
        case .list(let items):
            guard let place = index.wholeNumber else {
                throw Fault("a \(index.typeName) cannot be the index of a list", at: offset)
            }
            guard place >= 0, place < Int64(items.count) else {
                throw Fault("index \(place) is out of range, the list has \(items.count)", at: offset)
            }
            return items[Int(place)]
        case .map(let map):
            if let member = map[index] { return member }
            guard ValueMap.canBeKey(index) || index.isDouble else {
                throw Fault("a \(index.typeName) cannot be a key", at: offset)
            }
            throw Fault(
                "expected a key of the mapping, found `\(index.shortText)`", at: offset,
                hint: map.hint(for: index.shortText))
        case .lazy:
            guard case .string(let name) = index else {
                throw Fault("expected a key of the mapping, found `\(index.shortText)`", at: offset)
            }
            return try member(name, of: value, at: offset)
        default: throw Fault("a \(value.typeName) has no elements", at: offset)
        }
    }
}

extension Value {
    /// The whole number that this is, also as an integral double; nil for anything else.
    var wholeNumber: Int64? {
        switch self {
        case .int(let value): value
        case .uint(let value): Int64(exactly: value)
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    var isDouble: Bool { if case .double = self { true } else { false } }

    /// A key or scalar for an error message.
    var shortText: String {
        switch self {
        case .string(let text): text
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)"
        case .bool(let value): "\(value)"
        case .double(let value): "\(value)"
        default: typeName
        }
    }
}

extension ValueMap {
    /// The nearest of the names that are there, else all of them where they are few.
    fileprivate func hint(for name: String) -> String? {
        Absence(of: name, among: keys.compactMap { if case .string(let name) = $0 { name } else { nil } }).hint
    }
}
