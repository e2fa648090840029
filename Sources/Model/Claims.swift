/// A resource that removes or reports undeclared objects below it: it must know what the rest of the catalog has
/// there.
public protocol Bounded: Resource {
    var path: AbsolutePath { get }
    var claims: Claims { get set }
    /// Whether it asks for the claims while it is there; one that goes away, or takes something of its own away, always does.
    var usesClaims: Bool { get }
}

/// What the other resources of a catalog have below one directory: it is no difference between two declarations.
public struct Claims: Sendable, Hashable {
    private var neighbours: [any Resource] = []
    /// What `when` switches off for this host: it is left alone.
    private var dormant: [AbsolutePath] = []

    public init() {}

    init(neighbours: [any Resource], dormant: [AbsolutePath]) {
        self.neighbours = neighbours
        self.dormant = dormant
    }

    public static func == (left: Claims, right: Claims) -> Bool { true }
    public func hash(into hasher: inout Hasher) {}

    /// The engine's own folders, which no manifest has to declare.
    private static let own = [OwnPaths.settings, OwnPaths.state, OwnPaths.runtime].map {
        AbsolutePath.root.appending($0)
    }

    /// What is claimed below a directory.
    public func region(below directory: AbsolutePath, on host: some HostReading) throws -> ClaimedRegion {
        var region = ClaimedRegion(directory)
        for path in Self.own + dormant { region.add(path) }
        for neighbour in neighbours {
            for path in try neighbour.claims(on: host) { region.add(path) }
        }
        return region
    }
}

/// The claimed paths below one directory.
public struct ClaimedRegion: Sendable {
    private let directory: AbsolutePath
    private var whole: Set<AbsolutePath> = []
    private var above: Set<AbsolutePath> = []

    init(_ directory: AbsolutePath) {
        self.directory = directory
    }

    mutating func add(_ path: AbsolutePath) {
        guard path != directory, path.isBelowOrEqual(to: directory) else { return }
        whole.insert(path)
        for parent in sequence(first: path, next: \.parent).dropFirst() {
            guard parent != directory, above.insert(parent).inserted else { break }
        }
    }

    /// Whether a path is claimed, with all that is below it.
    public func has(_ path: AbsolutePath) -> Bool { whole.contains(path) }
    /// Whether something below a path is claimed.
    public func reaches(below path: AbsolutePath) -> Bool { above.contains(path) }
}

extension Resource {
    /// The paths that a declaration owns, provides, edits or needs, as far as its fields tell. A directory that it only
    /// lies in is none of them: what else is in there is no concern of it.
    public var declaredPaths: [AbsolutePath] {
        let own = (objects + provisions).compactMap(\.file)
        let needed = needs.compactMap(\.object.file).filter { path in
            path != .root && !own.contains { $0 != path && $0.isBelowOrEqual(to: path) }
        }
        return own + needed
    }

    public func claims(on host: some HostReading) throws -> [AbsolutePath] { declaredPaths }
}

extension Catalog {
    /// Tells the directories that ask for it what the others have below them.
    mutating func tellClaims() {
        for position in declarations.indices where type(of: declarations[position].resource).isBounded {
            guard var bounded = declarations[position].resource as? any Bounded,
                bounded.usesClaims || declarations[position].state == .absent
            else { continue }
            bounded.claims = claims(without: declarations[position].address)
            declarations[position].resource = bounded
        }
    }

    /// What everything but one resource claims.
    public func claims(without address: Address) -> Claims {
        Claims(
            neighbours: declarations.filter { $0.address != address && $0.state == .present }.map(\.resource),
            dormant: dormant.compactMap { AbsolutePath($0.key) })
    }
}
