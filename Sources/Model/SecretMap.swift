/// Names and contents that may be secrets, such as a command's environment.
public struct SecretMap: Sendable, Hashable, FieldValue {
    public var entries: [EnvironmentEntry]

    public init(_ entries: [EnvironmentEntry] = []) {
        self.entries = entries
    }

    public static var shape: Shape { .mapping(of: .text(pattern: nil)) }
    public static var acceptsSecrets: Bool { true }

    public init(decoding node: Node) throws(DecodingFault) {
        guard case .map(let members) = node.content else {
            throw DecodingFault(node, expected: "a mapping of names to texts")
        }
        entries = []
        for member in members {
            let content = try Content(decoding: member.value)
            guard !content.bytes.contains(0) else {
                throw DecodingFault(at: member.value.place, expected: "text", found: "a NUL character")
            }
            entries.append(
                EnvironmentEntry(member.key, Content(content.bytes, isSecret: content.isSecret || node.isSecret)))
        }
    }

    public var rendered: Node.Content {
        .map(entries.map { .init(key: $0.name, keyPlace: .nowhere, value: Node($0.value.rendered, at: .nowhere)) })
    }

    public var shown: ShownText {
        entries.contains { $0.value.isSecret }
            ? .secret
            : .text(
                entries.map { "\($0.name)=\(String(decoding: $0.value.bytes, as: UTF8.self))" }.joined(separator: ", "))
    }
}
