public import Model

/// The planned action on one resource.
public enum Action: String, Sendable, CaseIterable {
    case inPlace = "in_place"
    case create, change, replace, remove
    /// An object that is no longer declared and stays.
    case release
    /// An undo brought it back, and the site has not changed since.
    case hold
    /// Nothing differs, but something that notifies it changes.
    case refresh
    /// The effect is unknown before the steps run.
    case unknown
    /// The action cannot be done, which is known already.
    case refuse
    /// Something it depends on cannot be done.
    case skip

    /// The sign in the plan.
    public var sign: String {
        switch self {
        case .inPlace: " "
        case .create: "+"
        case .change: "~"
        case .replace: "±"
        case .remove: "-"
        case .release: "."
        case .hold: "="
        case .refresh: "↻"
        case .unknown: "?"
        case .refuse: "!"
        case .skip: "!"
        }
    }
}

/// Why a resource changes.
public enum Cause: String, Sendable {
    case new
    case drift
    case manifestChange = "manifest change"
    case undeclared = "no longer declared"
    case refresh
    case declaredAbsent = "declared absent"
    case undo
}

/// One line of a plan, with all that belongs to it.
public struct PlannedResource: Sendable {
    public var declaration: Declaration
    /// Its position in the catalog; nil for what is no longer declared.
    public var position: Int?
    public var action: Action
    public var cause: Cause?
    public var changes: [Change]
    public var steps: [Step]
    /// What is not known, why it is refused, what it is skipped for, which run created it.
    public var reason: Reason?
    public var hint: String?
    /// Why it will be refreshed; nil where it will not.
    public var refreshCause: String?
    /// The addresses that it will refresh.
    public var refreshes: [Address]
    /// A digest of the observation, for saved plans; nil where nothing was observed. It is made when it is asked for.
    public var fingerprint: Digest? {
        get { savedFingerprint ?? (isObserved ? changes.fingerprint : nil) }
        set { savedFingerprint = newValue }
    }
    private var savedFingerprint: Digest?
    /// Whether the changes tell what was observed.
    var isObserved = false
    /// Whether it comes after all that is declared: what is no longer declared, and what its removal refreshes.
    public var isLate: Bool

    public init(_ declaration: Declaration, position: Int?, action: Action) {
        self.declaration = declaration
        self.position = position
        self.action = action
        changes = []
        steps = []
        refreshes = []
        isLate = position == nil
    }

    public var address: Address { declaration.address }

    /// Whether what differs is what was planned.
    func foresaw(_ found: [Change]) -> Bool {
        (savedFingerprint == nil && isObserved && found == changes) || found.fingerprint == fingerprint
    }
}

/// Something about a resource that a person should know and that changes nothing.
public struct Remark: Sendable, Hashable {
    public var address: Address
    public var place: Place
    public var text: String
}

/// The ordered changes of a catalog.
public struct Plan: Sendable {
    public var catalog: Catalog
    /// Everything that is not in place, in the order of apply.
    public var resources: [PlannedResource]
    public var inPlaceCount: Int
    public var remarks: [Remark] = []
    /// How many objects may be removed; more is refused unless it is allowed.
    public var removalLimit: Int
    /// Whether the whole catalog was planned, not a selection of it.
    public var isWhole: Bool
    /// How it changes who can get in; nil where nothing that it touches bears on that.
    public var access: AccessDifference?
    /// The resources that bear on who can get in.
    public var bearingOnAccess: [Address] = []

    init(
        catalog: Catalog, resources: [PlannedResource], inPlaceCount: Int, removalLimit: Int, isWhole: Bool
    ) {
        self.catalog = catalog
        self.resources = resources
        self.inPlaceCount = inPlaceCount
        self.removalLimit = removalLimit
        self.isWhole = isWhole
    }

    /// A plan with nothing to do.
    ///
    /// - Parameter catalog: who it is for; its declarations do not matter.
    public init(inPlace count: Int, of catalog: Catalog) {
        self.init(
            catalog: catalog, resources: [], inPlaceCount: count,
            removalLimit: catalog.safety.removalLimit(objectCount: 0), isWhole: true)
    }

    public func count(_ actions: Action...) -> Int {
        // By index: a loop over the resources would copy each of them.
        resources.indices.count { actions.contains(resources[$0].action) }
    }

    /// The objects that are removed though no declaration says so: they are no longer declared, or never were (`purge`).
    public var removalCount: Int {
        resources.indices.reduce(0) { count, index in
            if resources[index].position == nil { return count + (resources[index].action == .remove ? 1 : 0) }
            if resources[index].action == .refuse { return count }
            return count + resources[index].steps.count(where: \.removesStranger)
        }
    }
    public var exceedsRemovalLimit: Bool { removalCount > removalLimit }

    /// Whether nobody could both log in and become root afterwards who could before.
    public var locksOut: Bool { access?.lockout.isEmpty == false }

    /// Whether a run would do nothing and leave nothing in the ledger: what an undo holds is left alone.
    public var isIdle: Bool { resources.indices.allSatisfy { resources[$0].action == .hold } }

    /// The trials for whose failure something is held, each with the reason.
    public var disproofs: [(declaration: Declaration, reason: Reason)] {
        var seen = Set<Address>()
        return resources.compactMap { resource in
            guard resource.action == .hold, let reason = resource.reason, case .disproved(_, let disproof) = reason,
                seen.insert(disproof.trial).inserted
            else { return nil }
            return (resource.declaration, reason)
        }
    }

    /// Whether apply would change anything.
    public var hasChanges: Bool { count(.create, .change, .replace, .remove, .refresh, .unknown) > 0 }

    /// `--detailed-exit-code`: 2 changes, 4 refusals, 8 unknown, added up.
    public var detailedExitCode: Int32 {
        (count(.create, .change, .replace, .remove, .refresh) > 0 ? 2 : 0)
            | (count(.refuse, .skip) > 0 || !disproofs.isEmpty ? 4 : 0)
            | (count(.unknown) > 0 ? 8 : 0)
    }
}
