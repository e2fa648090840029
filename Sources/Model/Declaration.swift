/// Whether an object must be there.
public enum DesiredState: String, FieldValue, CaseIterable {
    case present, absent
}

/// The treatment of an object whose declaration is gone.
public enum UndeclaredPolicy: String, FieldValue, CaseIterable {
    case remove, release
}

/// One resource of a catalog with everything that was declared about it.
public struct Declaration: Sendable {
    public var address: Address
    public var resource: any Resource
    public var place: Place
    /// The roles that it came through, outermost first, such as `std/nginx`.
    public var origin: [String]
    public var state: DesiredState
    public var onUndeclared: UndeclaredPolicy?
    public var tags: [String]
    public var note: String?
    /// Whether some of its fields are unknown here (only when checking without facts).
    public var isPartial: Bool
    /// The composite that it is a part of; nil for what stands in a manifest itself.
    public var partOf: Composite?

    public init(
        address: Address, resource: any Resource, place: Place, origin: [String] = [], state: DesiredState = .present,
        onUndeclared: UndeclaredPolicy? = nil, tags: [String] = [], note: String? = nil, isPartial: Bool = false,
        partOf: Composite? = nil
    ) {
        self.address = address
        self.resource = resource
        self.place = place
        self.origin = origin
        self.state = state
        self.onUndeclared = onUndeclared
        self.tags = tags
        self.note = note
        self.isPartial = isPartial
        self.partOf = partOf
    }
}

/// An arrow of the graph, by positions in the catalog's declarations.
public struct Edge: Sendable, Hashable {
    /// The position that comes first.
    public var from: Int
    /// The position that waits.
    public var to: Int
    /// `require`, `notify`, or what was recognised, such as `parent directory`.
    public var reason: String
    /// Whether a change of `from` refreshes `to`.
    public var isNotification: Bool
    /// Whether the removal of `from`, when its declaration is gone, refreshes `to` too.
    public var notifiesWhenGone = true
    /// Where an explicit edge was written; nil for automatic ones.
    public var place: Place?

    public init(from: Int, to: Int, reason: String, isNotification: Bool = false, place: Place? = nil) {
        self.from = from
        self.to = to
        self.reason = reason
        self.isNotification = isNotification
        self.place = place
    }
}

/// The resources of one host after compilation; with its edges it is the graph.
public struct Catalog: Sendable {
    public var site: String
    public var host: HostIdentity
    public var safety: Safety
    /// In the order of apply: of all that is ready, the first in manifest order.
    public var declarations: [Declaration]
    public var edges: [Edge]
    /// Addresses that `when` switches off on this host: their objects are left alone.
    public var dormant: Set<Address>
    /// A digest over everything above, with secrets as they are.
    public var digest: Digest
    public var revision: String

    public init(
        site: String, host: HostIdentity, safety: Safety, declarations: [Declaration], edges: [Edge], digest: Digest,
        revision: String, dormant: Set<Address> = []
    ) {
        self.site = site
        self.host = host
        self.safety = safety
        self.declarations = declarations
        self.edges = edges
        self.dormant = dormant
        self.digest = digest
        self.revision = revision
        tellClaims()
    }
}

/// Who a catalog is for.
public struct HostIdentity: Sendable, Hashable {
    public var id: String
    public var name: String
    /// The primary address; nil where none is known.
    public var ip: String?

    public init(id: String, name: String, ip: String? = nil) {
        self.id = id
        self.name = name
        self.ip = ip
    }
}

extension Duration {
    /// Whether a change of access may wait as long to be confirmed: from a second to a day.
    public var isConfirmationTime: Bool { self >= .seconds(1) && self <= .seconds(86_400) }
}

/// The limits of `site.yaml: safety`.
public struct Safety: Sendable, Hashable {
    /// How many objects one run may remove; nil: 20, from 50 objects on the smaller of 20 and 20 %.
    public var maximumRemovals: Int?
    /// How long a change of access that the agent made waits to be confirmed; nil: it need not be.
    public var confirmationTime: Duration?

    public init(maximumRemovals: Int? = nil, confirmationTime: Duration? = nil) {
        self.maximumRemovals = maximumRemovals
        self.confirmationTime = confirmationTime
    }

    /// The limit for a ledger of `objectCount` objects.
    public func removalLimit(objectCount: Int) -> Int {
        maximumRemovals ?? (objectCount >= 50 ? min(20, objectCount / 5) : 20)
    }
}
