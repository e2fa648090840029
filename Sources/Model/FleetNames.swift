import Values

/// Which hosts of the inventory have which name or address: by their ids, and by what their facts say.
public struct FleetNames: Sendable, Hashable {
    /// Why a name is not that of a host alone: both hosts in the order of the inventory.
    public struct Rivals: Sendable, Hashable {
        public var first: String
        public var second: String
        /// Whether the name is the id of one of both.
        public var isIdentity: Bool
    }

    /// The host that has a name as its id.
    private var identities: [String: String] = [:]
    /// The hosts whose facts say a name, in the order of the inventory.
    private var claims: [String: [String]] = [:]

    /// The names that are not one host's alone, which are few: all others need no second look.
    private var contested: Set<String> = []

    /// - Parameter hosts: each with the names that its facts say, in the order of the inventory.
    public init(_ hosts: [(id: String, names: [String])]) {
        for host in hosts {
            identities[Self.canonical(host.id)] = host.id
            for name in Set(host.names.map(Self.canonical)) { claims[name, default: []].append(host.id) }
        }
        for (name, holders) in claims where holders.count > 1 || identities[name].map({ $0 != holders[0] }) == true {
            contested.insert(name)
        }
    }

    /// Who else has a name that a host claims; nil where nobody has. The inventory comes first: nobody else can have the id of a
    /// host as a name, whatever the facts of others say.
    public func rivals(of id: String, for name: String) -> Rivals? {
        if contested.isEmpty { return nil }
        let name = Self.canonical(name)
        guard contested.contains(name) else { return nil }
        if let owner = identities[name] {
            return owner == id ? nil : Rivals(first: id, second: owner, isIdentity: true)
        }
        let holders = claims[name] ?? []
        guard let other = holders.first(where: { $0 != id }) else { return nil }
        let isBefore = holders.first == other
        return Rivals(first: isBefore ? other : id, second: isBefore ? id : other, isIdentity: false)
    }

    /// Neither case nor the spelling of an address makes another name.
    private static func canonical(_ name: String) -> String {
        IPAddress(name)?.unmapped.text ?? name.lowercased()
    }
}
