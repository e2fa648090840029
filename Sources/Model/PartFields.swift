/// A part of a composite, as a mapping of some of the fields of its type.
///
/// So the composite's manifest, its schema, its secrets and its ledger follow from the table of the part's type.
public protocol PartWords: Sendable, Hashable {
    associatedtype Part: Resource
    /// The fields that may be given.
    static var names: [String] { get }
    init()
}

public struct PartFields<Words: PartWords>: FieldValue {
    public var part: Words.Part

    public init(_ part: Words.Part = Words.Part()) {
        self.part = part
    }

    private static var fields: [Field<Words.Part>] {
        Words.names.compactMap { name in Words.Part.fields.first { $0.name == name } }
    }

    public static var shape: Shape {
        .members(fields.map { Shape.Member($0.name, $0.description.shape) })
    }
    public static var acceptsSecrets: Bool { fields.contains(where: \.acceptsSecrets) }
    /// The names below `files/` in it.
    public static var payloads: [String: FieldPayload] {
        Dictionary(fields.compactMap { field in field.description.payload.map { (field.name, $0) } }) { $1 }
    }

    public init(decoding node: Node) throws(DecodingFault) {
        part = Words.Part()
        // The ledger holds a digest.
        if node.isWithheld { return }
        let list = Words.names.map { "`\($0)`" }.joined(separator: ", ")
        guard case .map(let entries) = node.content else {
            throw DecodingFault(node, expected: "a mapping with \(list)")
        }
        for entry in entries {
            guard let field = Self.fields.first(where: { $0.name == entry.key }) else {
                throw DecodingFault(
                    at: entry.keyPlace, expected: list, found: "`\(entry.key)`",
                    hint: Spelling.hint(for: entry.key, among: Words.names))
            }
            if entry.value.hasUnknown { continue }
            if entry.value.hasSecret, !field.acceptsSecrets {
                throw DecodingFault(
                    at: entry.value.place, expected: "a value of `\(entry.key)` that may be shown", found: "a secret")
            }
            do throws(DecodingFault) {
                try field.decode(entry.value, &part)
            } catch {
                throw DecodingFault(
                    at: error.place, expected: "\(error.expected) for `\(entry.key)`", found: error.found,
                    hint: error.hint)
            }
        }
    }

    public var rendered: Node.Content { content { $0.render(part) } }
    public var recorded: Node.Content { content { $0.recorded(part) } }

    private func content(_ value: (Field<Words.Part>) -> Node.Content?) -> Node.Content {
        .map(
            Self.fields.compactMap { field in
                guard let content = value(field) else { return nil }
                let isSecret = field.shown(part) == .secret
                return Node.Entry(
                    key: field.name, keyPlace: .nowhere, value: Node(content, at: .nowhere, isSecret: isSecret))
            })
    }

    public var shown: ShownText {
        let texts = Self.fields.compactMap { field -> ShownText? in
            switch field.shown(part) {
            case nil: nil
            case .text(let text)?: .text("\(field.name) \(text)")
            case .secret?: .secret
            case .content(let content)?: .text("\(field.name) \(content.digest.hexadecimal.prefix(12))")
            case .digest(_, let digest)?: .text("\(field.name) \(digest.hexadecimal.prefix(12))")
            }
        }
        return .joined(texts, with: ", ")
    }
}

/// Several parts, each by its key, such as files by their paths.
public struct PartMap<Words: PartWords>: FieldValue {
    public var parts: [(key: String, fields: PartFields<Words>)]

    public static func == (left: PartMap, right: PartMap) -> Bool {
        left.parts.elementsEqual(right.parts) { $0.key == $1.key && $0.fields == $1.fields }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(parts.map(\.key)) }

    public static var shape: Shape { .mapping(of: PartFields<Words>.shape) }
    public static var acceptsSecrets: Bool { PartFields<Words>.acceptsSecrets }

    public init(decoding node: Node) throws(DecodingFault) {
        parts = []
        if node.isWithheld { return }
        guard case .map(let entries) = node.content else { throw DecodingFault(node, expected: "a mapping of names") }
        for entry in entries {
            var fields = try PartFields<Words>(decoding: entry.value)
            if let key = Words.Part.fields.first {
                try key.decode(Node(.string(entry.key), at: entry.keyPlace), &fields.part)
            }
            parts.append((entry.key, fields))
        }
    }

    public var rendered: Node.Content { map(\.rendered) }
    public var recorded: Node.Content { map(\.recorded) }

    private func map(_ content: (PartFields<Words>) -> Node.Content) -> Node.Content {
        .map(
            parts.map { part in
                Node.Entry(
                    key: part.key, keyPlace: .nowhere,
                    value: Node(content(part.fields), at: .nowhere, isSecret: part.fields.shown == .secret))
            })
    }

    public var shown: ShownText { .joined(parts.map(\.fields.shown), with: "; ") }
}
