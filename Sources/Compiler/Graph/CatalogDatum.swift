public import Model

extension Catalog {
    /// The catalog as `lodestar catalog` prints it; secrets are redacted, contents shown by size and digest.
    public var datum: Datum {
        [
            "site": .string(site), "revision": .string(revision), "digest": .string(digest.hexadecimal),
            "host": ["id": .string(host.id), "name": .string(host.name), "ip": host.ip.map { .string($0) } ?? .null],
            "resources": .list(declarations.map(\.datum)),
            "edges": .list(
                edges.map { edge in
                    [
                        "from": .string(declarations[edge.from].address.description),
                        "to": .string(declarations[edge.to].address.description), "reason": .string(edge.reason),
                        "notifies": .bool(edge.isNotification),
                        "place": edge.place.map { .string($0.description) } ?? .null,
                    ]
                }),
        ]
    }
}

extension Declaration {
    var datum: Datum {
        let fields = resource.shownFields.map { Datum.Member($0.name, $0.value.catalogDatum) }
        return [
            "address": .string(address.description), "type": .string(address.type), "key": .string(address.key),
            "place": .string(place.description),
            "part_of": partOf.map { .string($0.address.description) } ?? .null, "state": .string(state.rawValue),
            "roles": .list(origin.map { .string($0) }), "tags": .list(tags.map { .string($0) }),
            "note": note.map { .string($0) } ?? .null, "fields": .map(fields),
        ]
    }
}

extension ShownText {
    fileprivate var catalogDatum: Datum {
        switch self {
        case .text(let text): .string(text)
        case .content(let content):
            ["bytes": .int(Int64(content.bytes.count)), "sha256": .string(content.digest.hexadecimal)]
        case .digest(let byteCount, let digest):
            ["bytes": .int(Int64(byteCount)), "sha256": .string(digest.hexadecimal)]
        case .secret: .string("(secret)")
        }
    }
}
