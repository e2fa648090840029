public import Values

/// A value of the expression language.
///
/// `==` and hashing are structural, for use as a key or in tests; the language's own equality, in which `1 == 1.0`, is
/// `isEqual(to:)`.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([Value])
    case map(ValueMap)
    case timestamp(Timestamp)
    case duration(Duration)
    /// A type as a value, by the name that the specification gives it (`int`, `google.protobuf.Timestamp`).
    case type(String)
    /// A mapping whose members are looked up one by one and recorded by their owner.
    case lazy(any LazyMap)
    /// A value that is not known here, as when checking without facts.
    case unknown
}

/// A mapping that is read member by member: facts, vars, data, labels.
public protocol LazyMap: AnyObject, Sendable {
    /// The value of a member; nil when there is none.
    func member(_ key: String) throws -> Value?
    /// The names of all members, in order.
    func keys() throws -> [String]
    /// The message for a missing member; nil for the plain one that the key is not in the mapping.
    func absence(of key: String) -> Absence?
}

/// A member that is not there, in the reader's words.
public struct Absence: Sendable {
    public var message: String
    public var hint: String?

    public init(_ message: String, hint: String? = nil) {
        self.message = message
        self.hint = hint
    }

    /// Of a plain mapping: the hint is the nearest of its names, else all of them where they are few.
    public init(of key: String, among names: [String]) {
        message = "expected a key of the mapping, found `\(key)`"
        hint =
            Spelling.nearest(to: key, among: names)
            ?? (names.isEmpty ? "the mapping is empty" : "known here: \(names.prefix(12).joined(separator: ", "))")
    }
}

extension LazyMap {
    public func absence(of key: String) -> Absence? { nil }
}

extension LazyMap {
    /// The whole mapping as a value; nested lazy mappings stay lazy.
    public func materialised() throws -> Value {
        var map = ValueMap()
        for key in try keys() {
            if let value = try member(key) { map[key] = value }
        }
        return .map(map)
    }
}

extension Value: Hashable {
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null), (.unknown, .unknown): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.double(let left), .double(let right)): left.bitPattern == right.bitPattern
        case (.string(let left), .string(let right)): isSameText(left, right)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.type(let left), .type(let right)): left == right
        case (.lazy(let left), .lazy(let right)): left === right
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .unknown: hasher.combine(1)
        case .bool(let value): hasher.combine(value)
        case .int(let value): hasher.combine(value)
        case .uint(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value.bitPattern)
        case .string(let value), .type(let value): hasher.combine(value)
        case .bytes(let value): hasher.combine(value)
        case .list(let value): hasher.combine(value)
        case .map(let value): hasher.combine(value)
        case .timestamp(let value): hasher.combine(value)
        case .duration(let value): hasher.combine(value)
        case .lazy(let value): hasher.combine(ObjectIdentifier(value))
        }
    }
}

/// Whether two texts are the same code points; `String`'s own `==` also accepts canonical equivalents.
@inline(__always)
func isSameText(_ left: String, _ right: String) -> Bool {
    guard left == right, left.utf8.count == right.utf8.count else { return false }
    return left.utf8.elementsEqual(right.utf8)
}

extension Value {
    /// The name of the value's type, as `type()` gives it.
    public var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map, .lazy: "map"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .type: "type"
        case .unknown: "unknown"
        }
    }

    /// The types that an expression can name.
    static let typeNames: Set<String> = [
        "bool", "int", "uint", "double", "string", "bytes", "list", "map", "null_type", "type",
        "google.protobuf.Timestamp", "google.protobuf.Duration",
    ]

    /// The first parts of those names.
    static let typeRoots = Set(typeNames.map { String($0.prefix { $0 != "." }) })
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}
