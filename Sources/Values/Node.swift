/// A value of a manifest together with the place where it was written.
///
/// The reader of YAML makes nodes whose scalars are still text; evaluating expressions replaces some of them by
/// typed values. What a text means is decided by the field that decodes it, so `no` stays the text "no".
public struct Node: Sendable, Hashable {
    public indirect enum Content: Sendable, Hashable {
        /// A scalar as it was written; `isQuoted` also for block scalars.
        case scalar(String, isQuoted: Bool)
        case null
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case string(String)
        case bytes([UInt8])
        /// Bytes that are too many to be held.
        case stream(ByteStream)
        case list([Node])
        case map([Entry])
        /// Depends on something that is not known here, such as the facts of a host without a snapshot.
        case unknown
    }

    /// One key of a mapping, in the order of the file.
    public struct Entry: Sendable, Hashable {
        public var key: String
        public var keyPlace: Place
        public var value: Node

        public init(key: String, keyPlace: Place, value: Node) {
            self.key = key
            self.keyPlace = keyPlace
            self.value = value
        }
    }

    public var content: Content
    public var place: Place
    /// Whether the value came through `secret()`: it must never be shown or stored.
    public var isSecret: Bool
    /// Whether the bytes are a digest that stands for a value which was not stored.
    public var isWithheld: Bool

    public init(_ content: Content, at place: Place, isSecret: Bool = false, isWithheld: Bool = false) {
        self.content = content
        self.place = place
        self.isSecret = isSecret
        self.isWithheld = isWithheld
    }
}

extension Node {
    /// The text of a scalar: as written, or the canonical text of a typed value. Nil for null, lists and mappings.
    public var text: String? {
        switch content {
        case .scalar(let text, let isQuoted): isQuoted || !Self.nullTexts.contains(text) ? text : nil
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): Self.canonicalText(of: value)
        case .null, .list, .map, .unknown, .bytes, .stream: nil
        }
    }

    /// What YAML 1.2's core schema reads as null.
    public static let nullTexts: Set<String> = ["", "~", "null", "Null", "NULL"]

    /// A whole number has no fraction in its canonical text.
    public static func canonicalText(of value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }

    public subscript(key: String) -> Node? {
        guard case .map(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// Whether the node or anything inside it is unknown.
    public var hasUnknown: Bool {
        switch content {
        case .unknown: true
        case .list(let items): items.contains { $0.hasUnknown }
        case .map(let entries): entries.contains { $0.value.hasUnknown }
        case .scalar, .null, .bool, .int, .double, .string, .bytes, .stream: false
        }
    }

    /// Whether the node or anything inside it came through `secret()`.
    public var hasSecret: Bool {
        if isSecret { return true }
        switch content {
        case .list(let items): return items.contains { $0.hasSecret }
        case .map(let entries): return entries.contains { $0.value.hasSecret }
        case .scalar, .null, .bool, .int, .double, .string, .bytes, .stream, .unknown: return false
        }
    }

    /// What the node is, in the words of an error message; a secret is never quoted.
    public var found: String {
        if isSecret { return "a secret" }
        switch content {
        case .scalar(let text, let isQuoted):
            return !isQuoted && Self.nullTexts.contains(text) ? "nothing" : Self.quoted(text)
        case .string(let text): return Self.quoted(text)
        case .null: return "nothing"
        case .bool(let value): return "the Boolean \(value)"
        case .int(let value): return "the number \(value)"
        case .double(let value): return "the number \(Self.canonicalText(of: value))"
        case .bytes, .stream: return "bytes"
        case .list: return "a list"
        case .map: return "a mapping"
        case .unknown: return "an unknown value"
        }
    }

    /// A text as a message quotes it, with what a reader would not see in it.
    public static func quoted(_ text: String) -> String {
        let shown = text.prefix(60).replacing(scalar: "\n", with: "\\n")
        let remark = HiddenCharacters.remark(on: text).map { " (\($0))" } ?? ""
        return "`\(shown)\(text.count > 60 ? "..." : "")`\(remark)"
    }
}
