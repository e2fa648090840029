public import Values

extension Node.Content {
    /// The value without its places; bytes that are no text become their digest.
    public var datum: Datum {
        switch self {
        case .null, .unknown: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .scalar(let text, _), .string(let text): .string(text)
        case .bytes(let bytes): .string("sha256:\(Digest(of: bytes).hexadecimal)")
        case .stream(let stream): .string("sha256:\(stream.sha256.hexadecimal)")
        case .list(let items): .list(items.map(\.content.datum))
        case .map(let entries): .map(entries.map { .init($0.key, $0.value.content.datum) })
        }
    }
}

extension Node.Content {
    /// A free value as the content of a node; the opposite of `datum`.
    ///
    /// - Parameter place: where all that is in it was written.
    public init(_ datum: Datum, at place: Place = .nowhere) {
        switch datum {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value): self = .double(value)
        case .string(let text): self = .string(text)
        case .list(let items): self = .list(items.map { Node(Node.Content($0, at: place), at: place) })
        case .map(let members):
            self = .map(
                members.map {
                    .init(key: $0.key, keyPlace: place, value: Node(Node.Content($0.value, at: place), at: place))
                })
        }
    }
}
