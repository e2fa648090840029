/// The declared fields of a resource as one text, for the ledger: it compares equal when the declaration is, and what
/// un-declaring needs to know can be made from it again. Secrets and bodies of files stand there as digests.
public struct RecordedFields: Sendable, Hashable {
    public let text: String

    public init(text: String) {
        self.text = text
    }

    public init(of resource: some Resource) {
        text = FieldText(of: .map(resource.recordedEntries)).text
    }

    /// The names of the fields that are there in one of both, or differ, in order.
    public func names(differingFrom other: RecordedFields) -> [String] {
        let own = entries, others = other.entries
        let gone = others.filter { entry in !own.contains { $0.key == entry.key } }
        return (own + gone).map(\.key).filter { name in
            let texts = [own, others].map { list in
                FieldText(of: .map(list.filter { $0.key == name })).text
            }
            return texts[0] != texts[1]
        }
    }

    /// The fields as nodes; empty if the text is malformed.
    public var entries: [Node.Entry] {
        var reader = FieldReader(rest: text.utf8[...])
        guard case .map(let entries)? = reader.read(depth: 0) else { return [] }
        return entries
    }
}

extension Resource {
    fileprivate var recordedEntries: [Node.Entry] {
        Self.fields.dropFirst().compactMap { field in
            guard let content = field.recorded(self) else { return nil }
            let isSecret = field.shown(self) == .secret, value = Node(content, at: .nowhere)
            switch (field.record, isSecret) {
            case (.whole, true): return nil
            case (.whole, false), (.wholeOrDigest, false):
                return Node.Entry(key: field.name, keyPlace: .nowhere, value: value)
            case (.wholeOrDigest, true), (.digest, _):
                let digest = withheldDigest(of: value, in: field.name)
                return Node.Entry(
                    key: field.name, keyPlace: .nowhere,
                    value: Node(.bytes(digest), at: .nowhere, isSecret: isSecret, isWithheld: true))
            }
        }
    }

    /// What the ledger holds instead of a value: a digest that is salted with the resource and the field, so that equal
    /// values do not look equal.
    public func withheldDigest(of value: Node, in field: String) -> [UInt8] {
        Digest(of: "\(address)\u{0}\(field)\u{0}\(FieldText(of: value.content).text)").bytes
    }
}

/// A tag, then numbers and texts with their length in bytes in front.
struct FieldText {
    private(set) var text = ""

    init(of content: Node.Content) { write(content) }

    private mutating func write(_ node: Node) {
        guard node.isWithheld, case .bytes(let digest) = node.content else { return write(node.content) }
        tagged(node.isSecret ? "S" : "D", digest.hexadecimal)
    }

    private mutating func write(_ content: Node.Content) {
        switch content {
        case .null, .unknown: text += "n"
        case .bool(let value): text += value ? "t" : "f"
        case .int(let value): tagged("i", String(value))
        case .double(let value): tagged("d", String(value))
        case .scalar(let value, _), .string(let value): tagged("s", value)
        case .bytes(let bytes): tagged("x", bytes.hexadecimal)
        case .stream(let stream): tagged("x", stream.sha256.hexadecimal)
        case .list(let items):
            text += "l\(items.count):"
            for item in items { write(item) }
        case .map(let entries):
            text += "m\(entries.count):"
            for entry in entries {
                tagged("s", entry.key)
                write(entry.value)
            }
        }
    }

    private mutating func tagged(_ tag: String, _ value: String) {
        text += "\(tag)\(value.utf8.count):\(value)"
    }
}

private struct FieldReader {
    var rest: Substring.UTF8View

    mutating func read(depth: Int) -> Node.Content? {
        guard let tag = rest.popFirst() else { return nil }
        return read(tag, depth: depth)
    }

    private mutating func node(depth: Int) -> Node? {
        guard let tag = rest.popFirst() else { return nil }
        if tag == UInt8(ascii: "S") || tag == UInt8(ascii: "D") {
            let isSecret = tag == UInt8(ascii: "S")
            return string().flatMap { [UInt8](hexadecimal: $0) }.map {
                Node(.bytes($0), at: .nowhere, isSecret: isSecret, isWithheld: true)
            }
        }
        return read(tag, depth: depth).map { Node($0, at: .nowhere) }
    }

    private mutating func read(_ tag: UInt8, depth: Int) -> Node.Content? {
        guard depth < 64 else { return nil }
        switch tag {
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "t"): return .bool(true)
        case UInt8(ascii: "f"): return .bool(false)
        case UInt8(ascii: "i"): return string().flatMap { Int64($0) }.map { .int($0) }
        case UInt8(ascii: "d"): return string().flatMap { Double($0) }.map { .double($0) }
        case UInt8(ascii: "s"): return string().map { .string($0) }
        case UInt8(ascii: "x"): return string().flatMap { [UInt8](hexadecimal: $0) }.map { .bytes($0) }
        case UInt8(ascii: "l"):
            var items: [Node] = []
            for _ in 0..<(number() ?? 0) {
                guard let item = node(depth: depth + 1) else { return nil }
                items.append(item)
            }
            return .list(items)
        case UInt8(ascii: "m"):
            var entries: [Node.Entry] = []
            for _ in 0..<(number() ?? 0) {
                guard case .string(let key)? = read(depth: depth + 1), let value = node(depth: depth + 1) else {
                    return nil
                }
                entries.append(.init(key: key, keyPlace: .nowhere, value: value))
            }
            return .map(entries)
        default: return nil
        }
    }

    private mutating func number() -> Int? {
        guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let digits = String(rest[..<colon])
        rest = rest[rest.index(after: colon)...]
        return digits.flatMap { Int($0) }.flatMap { $0 >= 0 && $0 <= 1 << 30 ? $0 : nil }
    }

    private mutating func string() -> String? {
        guard let count = number(), rest.count >= count else { return nil }
        let value = String(rest.prefix(count))
        rest = rest.dropFirst(count)
        return value
    }
}
