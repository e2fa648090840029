import TimeZones

/// The names and host functions that an expression may use.
public protocol Scope {
    /// The value of a name; nil when it is not declared.
    func value(named name: String) throws -> Value?
    /// The result of one of the scope's own functions; nil when there is no such function.
    func call(_ function: String, _ arguments: [Value]) throws -> Value?
    /// Every declared name, for hints.
    var names: [String] { get }
    /// Whether a name may contain dots (`a.b.c` bound as one name); looking for those costs time.
    var hasDottedNames: Bool { get }
    /// The offset of a time zone from UTC, in seconds, at a moment in seconds since 1970; nil for an unknown zone.
    func zoneOffset(_ zone: String, at seconds: Int64) throws -> Int?
}

extension Scope {
    public func call(_ function: String, _ arguments: [Value]) throws -> Value? { nil }
    public var names: [String] { [] }
    public var hasDottedNames: Bool { false }
    public func zoneOffset(_ zone: String, at seconds: Int64) throws -> Int? { nil }
}

/// A scope of fixed values.
public struct Bindings: Scope, Sendable {
    private let values: [String: Value]
    private let zones: (@Sendable (String) -> [UInt8]?)?
    public let hasDottedNames: Bool

    /// Makes a scope; `zones` gives the TZif file of a time zone (RFC 8536), nil when there is none.
    public init(_ values: [String: Value] = [:], zones: (@Sendable (String) -> [UInt8]?)? = nil) {
        self.values = values
        self.zones = zones
        hasDottedNames = values.keys.contains { $0.utf8.contains(UInt8(ascii: ".")) }
    }

    public func value(named name: String) -> Value? { values[name] }

    public var names: [String] { values.keys.sorted() }

    public func zoneOffset(_ zone: String, at seconds: Int64) -> Int? {
        guard let file = zones?(zone) else { return nil }
        return ZoneRules(tzif: file)?.offset(at: seconds)
    }
}

/// Bounds on one evaluation.
public struct Limits: Sendable, Hashable {
    /// How many operations may run; a function over a long text counts as many.
    public var steps: Int
    /// How many bytes of text and elements of collections may be made in all.
    public var size: Int

    public init(steps: Int, size: Int) {
        self.steps = steps
        self.size = size
    }

    /// A million steps and 16 MiB.
    public static let standard = Limits(steps: 1_000_000, size: 16 << 20)
}

/// Why an expression could not be read or evaluated, and where.
public struct ExpressionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The fault, in lower case and without a full stop.
    public let message: String
    /// The place in the expression, in UTF-8 bytes from 0.
    public let offset: Int
    /// The place in the expression, in characters from 1.
    public let column: Int
    /// The text to write instead, if there is one.
    public let hint: String?

    public init(message: String, offset: Int, column: Int, hint: String? = nil) {
        self.message = message
        self.offset = offset
        self.column = column
        self.hint = hint
    }

    init(_ fault: Fault, in text: String) {
        let prefix = String(decoding: text.utf8.prefix(fault.offset), as: UTF8.self)
        self.init(message: fault.message, offset: fault.offset, column: prefix.count + 1, hint: fault.hint)
    }

    public var description: String { "\(column): \(message)" }
}

/// A fault inside one expression, before its column is known.
struct Fault: Error {
    var message: String
    var offset: Int
    var hint: String?

    init(_ message: String, at offset: Int = 0, hint: String? = nil) {
        self.message = message
        self.offset = offset
        self.hint = hint
    }

    func located(at offset: Int) -> Fault { Fault(message, at: offset, hint: hint) }
}
