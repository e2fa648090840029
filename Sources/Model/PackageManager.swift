/// A package as the database of its manager has it.
public struct InstalledPackage: Sendable, Hashable {
    public var name: String
    public var version: String
    public var architecture: String
    /// What the manager calls its state, such as `installed` or `half-configured`.
    public var state: String
    public var isInstalled: Bool
    /// Whether more of it than its configuration files is there, in whatever state.
    public var isOnHost: Bool
    /// Whether only a part of its files is there, so that it must be installed anew or torn out.
    public var isHalf: Bool
    /// Whether it is removed and its configuration files are there.
    public var hasRemains: Bool
    /// Whether upgrades leave it alone.
    public var isHeld: Bool
    /// The names that it stands for beside its own.
    public var provides: [String]

    public init(
        name: String, version: String, architecture: String, state: String, isInstalled: Bool, isOnHost: Bool,
        isHalf: Bool = false, hasRemains: Bool = false, isHeld: Bool = false, provides: [String] = []
    ) {
        self.name = name
        self.version = version
        self.architecture = architecture
        self.state = state
        self.isInstalled = isInstalled
        self.isOnHost = isOnHost
        self.isHalf = isHalf
        self.hasRemains = hasRemains
        self.isHeld = isHeld
        self.provides = provides
    }
}

/// What a package manager has on a host.
public protocol PackageDatabase: HostDocument {
    /// The package of a name, with or without its architecture; an installed one before others.
    func package(named name: String) -> InstalledPackage?
    /// The installed packages that provide a name, sorted.
    func providers(of name: String) -> [InstalledPackage]
    /// What the database would hold after a change, for a simulation.
    mutating func apply(_ change: PackageChange)
}

/// How packages are managed on a host: by whom, and where the database is. What changes packages is the real host's own.
public struct PackageManager: Sendable {
    /// The word of `package: {manager: ...}`.
    public let name: String
    public let database: AbsolutePath
    private let form: any PackageDatabase.Type

    public init(_ name: String, database: AbsolutePath, _ form: any PackageDatabase.Type) {
        self.name = name
        self.database = database
        self.form = form
    }

    /// The database as it is now; nil where the host has none.
    public func packages(on host: some HostReading) throws(HostFault) -> (any PackageDatabase)? {
        try packages(as: form, on: host)
    }

    private func packages<Database: PackageDatabase>(
        as form: Database.Type, on host: some HostReading
    ) throws(HostFault) -> (any PackageDatabase)? {
        try host.document(form, at: database)
    }
}
