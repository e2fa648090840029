public import Model

/// One side of a trust: an account on some of the site's hosts.
public struct TrustSide: Sendable, Hashable, FieldValue {
    public var user: AccountName
    /// A condition over the hosts of the inventory.
    public var hosts: String

    public init(user: AccountName = .root, hosts: String = "false") {
        self.user = user
        self.hosts = hosts
    }

    public static var shape: Shape {
        .members([.init("user", AccountName.shape), .init("hosts", .text(pattern: nil))])
    }

    public init(decoding node: Node) throws(DecodingFault) {
        let expected = "{user: NAME, hosts: CONDITION}"
        guard case .map(let entries) = node.content else { throw DecodingFault(node, expected: expected) }
        var user: AccountName?, hosts: String?
        for entry in entries {
            switch entry.key {
            case "user": user = try AccountName(decoding: entry.value)
            case "hosts":
                if case .bool(let claim) = entry.value.content {
                    hosts = claim ? "true" : "false"
                } else {
                    hosts = try String(decoding: entry.value)
                }
            default:
                throw DecodingFault(
                    at: entry.keyPlace, expected: expected, found: "`\(entry.key)`",
                    hint: Spelling.hint(for: entry.key, among: ["user", "hosts"]))
            }
        }
        guard let user, let hosts, !hosts.isEmpty else {
            throw DecodingFault(at: node.place, expected: expected, found: "only one of both")
        }
        self.init(user: user, hosts: hosts)
    }

    public var rendered: Node.Content {
        .map(
            [("user", user.text), ("hosts", hosts)].map {
                .init(key: $0.0, keyPlace: .nowhere, value: Node(.string($0.1), at: .nowhere))
            })
    }

    public var shown: ShownText { .text("\(user) where \(hosts)") }
}
