public struct PackageChange: Sendable, Hashable {
    public enum Action: String, Sendable {
        /// The named version, or where it is not there yet the one that the package manager prefers.
        case install
        /// The one that the package manager prefers, also in place of another.
        case upgrade
        case remove
        /// With its configuration files.
        case purge
        case hold, unhold

        /// Whether no package comes by it.
        public var isRemoval: Bool {
            switch self {
            case .remove, .purge: true
            case .install, .upgrade, .hold, .unhold: false
            }
        }
    }

    public var action: Action
    /// With the architecture after a colon where one is declared.
    public var name: String
    public var version: String?

    public init(_ action: Action, _ name: String, version: String? = nil) {
        self.action = action
        self.name = name
        self.version = version
    }
}

/// The prediction of the package manager for one change.
public struct PackagePrediction: Sendable, Hashable {
    /// The version that would be there; nil where there is none, and for a virtual package.
    public var candidate: String?
    /// The package that would come in place of a virtual one.
    public var substitute: String?
    /// The packages that would go though they are not declared absent.
    public var removed: [String] = []
    /// Why it cannot be done.
    public var problem: Refusal?
    /// Whether the lists of packages are empty, lack a source, or are older than the sources.
    public var isOutdated: Bool

    public init(isOutdated: Bool = false) {
        self.isOutdated = isOutdated
    }
}
