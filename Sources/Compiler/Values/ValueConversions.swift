import Expressions
import Model

extension Value {
    /// Whether a part of it is read of the host that it was made for, when somebody asks for it.
    var isOfOneHost: Bool {
        switch self {
        case .lazy(let map): !(map is KeptFacts || map is FleetMap)
        case .list(let items): items.contains(where: \.isOfOneHost)
        case .map(let map): map.entries.contains { $0.value.isOfOneHost }
        case .null, .bool, .int, .uint, .double, .string, .bytes, .timestamp, .duration, .type, .unknown: false
        }
    }

    /// The value as data, lazy mappings read; what data cannot hold becomes its text.
    func datum() throws -> Datum {
        switch self {
        case .null, .unknown: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .uint(let value): Int64(exactly: value).map { .int($0) } ?? .double(Double(value))
        case .double(let value): .double(value)
        case .string(let value), .type(let value): .string(value)
        case .bytes(let value): .string(String(decoding: value, as: UTF8.self))
        case .list(let items): .list(try items.map { try $0.datum() })
        case .map(let map):
            .map(try map.entries.map { Datum.Member($0.key.joinedText ?? "", try $0.value.datum()) })
        case .lazy(let map): try map.materialised().datum()
        case .timestamp(let value): .string(value.text)
        case .duration(let value): .string(value.text)
        }
    }

    /// The text that a value has among other text: of scalars only.
    var joinedText: String? {
        switch self {
        case .string(let value): value
        case .int(let value): String(value)
        case .uint(let value): String(value)
        case .bool(let value): value ? "true" : "false"
        case .double(let value): Node(.double(value), at: .nowhere).text
        case .bytes(let value): String(validating: value, as: UTF8.self)
        case .timestamp(let value): value.text
        case .duration(let value): value.text
        case .null, .list, .map, .lazy, .type, .unknown: nil
        }
    }

    /// The value, in the words of an error message.
    var found: String {
        switch self {
        case .null: "null"
        case .bool(let value): "the Boolean \(value)"
        case .int, .uint, .double: "the number \(joinedText ?? "")"
        case .string(let text): Node(.string(text), at: .nowhere).found
        case .bytes: "bytes"
        case .list: "a list"
        case .map, .lazy: "a mapping"
        case .timestamp, .duration: joinedText ?? ""
        case .type: "a type"
        case .unknown: "an unknown value"
        }
    }

    /// A node of this value, everything in it at one place; nil for what a manifest cannot hold.
    func content(at place: Place, isSecret: Bool) throws -> Node.Content? {
        switch self {
        case .null: return .null
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .uint(let value): return Int64(exactly: value).map { .int($0) } ?? .string(String(value))
        case .double(let value): return .double(value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .bytes(value)
        case .timestamp(let value): return .string(value.text)
        case .duration(let value): return .string(value.text)
        case .unknown: return .unknown
        case .type: return nil
        case .lazy(let map): return try map.materialised().content(at: place, isSecret: isSecret)
        case .list(let items):
            var nodes: [Node] = []
            for item in items {
                guard let content = try item.content(at: place, isSecret: isSecret) else { return nil }
                nodes.append(Node(content, at: place, isSecret: isSecret))
            }
            return .list(nodes)
        case .map(let map):
            var entries: [Node.Entry] = []
            for entry in map.entries {
                guard let content = try entry.value.content(at: place, isSecret: isSecret),
                    let key = entry.key.joinedText
                else { return nil }
                entries.append(.init(key: key, keyPlace: place, value: Node(content, at: place, isSecret: isSecret)))
            }
            return .map(entries)
        }
    }
}
