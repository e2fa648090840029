public import Values

/// A composite whose parts depend on other hosts of the site.
public protocol FleetDependent: Expandable {
    /// Which hosts it asks for: conditions over the inventory, each with the property that says it.
    var hostConditions: [HostCondition] { get }
    /// Takes what the site knows.
    ///
    /// - Parameter choices: one for each condition, in their order.
    mutating func meet(_ choices: [HostChoice], _ site: some SitePayloads) throws(Diagnostic)
}

/// A condition over the hosts of the inventory, as in its groups.
public struct HostCondition: Sendable, Hashable {
    public var property: String
    public var text: String

    public init(_ property: String, _ text: String) {
        self.property = property
        self.text = text
    }
}

/// The hosts of the inventory for which a condition holds.
public struct HostChoice: Sendable, Hashable {
    public var members: [FleetMember]
    /// The ids of those of which nobody can tell, since their facts are not known.
    public var unknown: [String]
    /// Whether the host that the site is compiled for is one of them, by its own facts; nil where nobody can tell.
    public var hasThisHost: Bool?

    public init(members: [FleetMember] = [], unknown: [String] = [], hasThisHost: Bool? = nil) {
        self.members = members
        self.unknown = unknown
        self.hasThisHost = hasThisHost
    }
}

/// A host of the inventory, with the facts that the site keeps of it: the word of that host, and no more.
public struct FleetMember: Sendable, Hashable {
    public var id: String
    /// A mapping; nil where there are none.
    public var facts: Datum?

    public init(id: String, facts: Datum?) {
        self.id = id
        self.facts = facts
    }

    /// The facts that are kept of each host of the fleet: those by which others reach and recognise it.
    public static let factNames = nameFacts + ["date", "ssh"]
    /// Those that say by which names it is reached.
    public static let nameFacts = ["hostname", "fqdn", "ip"]
}

/// What a site brings along: its files, and the names of its hosts.
public protocol SitePayloads {
    /// The host that the site is compiled for.
    var thisHost: String { get }
    /// The names of all hosts of the inventory.
    var names: FleetNames { get }
    /// The bytes of a file below `files/`; nil where there is none.
    func payload(_ name: String) throws(Diagnostic) -> [UInt8]?
}
