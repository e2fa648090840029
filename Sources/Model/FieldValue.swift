/// Why a node could not be decoded; the caller knows the property's name.
public struct DecodingFault: Error, Sendable, Hashable {
    public var place: Place
    /// What the field takes, such as `a duration such as 20s`.
    public var expected: String
    public var found: String
    public var hint: String?

    public init(_ node: Node, expected: String, hint: String? = nil) {
        place = node.place
        self.expected = expected
        found = node.found
        self.hint = hint
    }

    public init(at place: Place, expected: String, found: String, hint: String? = nil) {
        self.place = place
        self.expected = expected
        self.found = found
        self.hint = hint
    }
}

/// A type that a field of a resource can have: it is decoded from a manifest and has one canonical form.
///
/// The law `decode(render(x)) == x` holds for every value: caches, the ledger and `import` rely on it.
public protocol FieldValue: Sendable, Hashable {
    /// What the value looks like, for the JSON Schema and the reference pages.
    static var shape: Shape { get }
    /// Whether the field may hold what came through `secret()`.
    static var acceptsSecrets: Bool { get }
    init(decoding node: Node) throws(DecodingFault)
    /// The canonical form as a node's content.
    var rendered: Node.Content { get }
    /// The form that the ledger keeps: what removing the object needs, with digests for bodies. By default the canonical
    /// form.
    var recorded: Node.Content { get }
    /// The canonical text that plans show; nil where the value must not be shown.
    var shown: ShownText { get }
}

extension FieldValue {
    public static var acceptsSecrets: Bool { false }
    public var recorded: Node.Content { rendered }
}

/// How a plan shows a value.
public enum ShownText: Sendable, Hashable {
    case text(String)
    /// Compared line by line where both sides are text.
    case content(Content)
    /// A large content of which only the size in bytes and the digest are known.
    case digest(byteCount: Int, Digest)
    case secret
}

/// The JSON Schema shape of a field's value.
public indirect enum Shape: Sendable, Hashable {
    case text(pattern: String?)
    case number
    case boolean
    case oneOf([String])
    case list(Shape)
    case mapping(of: Shape)
    case members([Member])
    case either([Shape])

    public struct Member: Sendable, Hashable {
        public var name: String
        public var shape: Shape

        public init(_ name: String, _ shape: Shape) {
            self.name = name
            self.shape = shape
        }
    }
}

extension String: FieldValue {
    public static var shape: Shape { .text(pattern: nil) }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text else { throw DecodingFault(node, expected: "text") }
        guard !text.unicodeScalars.contains("\0") else {
            throw DecodingFault(at: node.place, expected: "text", found: "a NUL character")
        }
        self = text
    }

    public var rendered: Node.Content { .string(self) }
    public var shown: ShownText { .text(self) }
}

extension Bool: FieldValue {
    public static var shape: Shape { .boolean }

    public init(decoding node: Node) throws(DecodingFault) {
        switch node.content {
        case .bool(let value): self = value
        case .scalar("true", isQuoted: false): self = true
        case .scalar("false", isQuoted: false): self = false
        default: throw DecodingFault(node, expected: "true or false", hint: Self.hint(for: node))
        }
    }

    private static func hint(for node: Node) -> String? {
        guard let text = node.text?.lowercased() else { return nil }
        if ["yes", "on", "y"].contains(text) { return "write true" }
        if ["no", "off", "n"].contains(text) { return "write false" }
        return ["true", "false"].contains(text) ? "write \(text) without quotes, in lower case" : nil
    }

    public var rendered: Node.Content { .bool(self) }
    public var shown: ShownText { .text(self ? "true" : "false") }
}

extension Int: FieldValue {
    public static var shape: Shape { .number }

    public init(decoding node: Node) throws(DecodingFault) {
        if case .int(let value) = node.content {
            self = Int(value)
        } else if let text = node.text, let value = Int(text), String(value) == text {
            self = value
        } else {
            throw DecodingFault(node, expected: "a whole number")
        }
    }

    public var rendered: Node.Content { .int(Int64(self)) }
    public var shown: ShownText { .text(String(self)) }
}

extension Array: FieldValue where Element: FieldValue {
    public static var shape: Shape { .list(Element.shape) }
    public static var acceptsSecrets: Bool { Element.acceptsSecrets }

    public init(decoding node: Node) throws(DecodingFault) {
        guard case .list(let items) = node.content else { throw DecodingFault(node, expected: "a list") }
        self = []
        for item in items { append(try Element(decoding: item)) }
    }

    public var rendered: Node.Content { .list(map { Node($0.rendered, at: .nowhere) }) }
    public var shown: ShownText { .joined(map(\.shown), with: ", ") }
}

extension ShownText {
    /// Several texts as one; one secret makes the whole a secret.
    public static func joined(_ parts: [ShownText], with separator: String) -> ShownText {
        var texts: [String] = []
        for part in parts {
            guard case .text(let text) = part else { return .secret }
            texts.append(text)
        }
        return .text(texts.joined(separator: separator))
    }
}

extension Place {
    /// The place of values that no file holds.
    public static let nowhere = Place(file: SourceFile("(none)"), line: 0, column: 0)
}

extension Content: FieldValue {
    public static var shape: Shape { .text(pattern: nil) }
    public static var acceptsSecrets: Bool { true }

    public init(decoding node: Node) throws(DecodingFault) {
        if case .bytes(let bytes) = node.content {
            self.init(bytes, isSecret: node.isSecret, isWithheld: node.isWithheld)
        } else {
            guard let text = node.text else { throw DecodingFault(node, expected: "text") }
            self.init(text, isSecret: node.isSecret)
        }
    }

    public var rendered: Node.Content {
        String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
    }

    public var shown: ShownText { isSecret ? .secret : .content(self) }
}
