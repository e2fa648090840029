public import Model

/// Where folders are on a host that is laid over another one, which may have links of its own.
public struct OverlaidFolders {
    /// What the overlay has at a place.
    public enum Overlay {
        /// Nothing: the host below tells.
        case none
        case link(String)
        /// Something else, or nothing any more.
        case other
    }

    private var known: [AbsolutePath: AbsolutePath] = [:]

    public init() {}

    /// Forgets all, where a link came or went.
    public mutating func forget() {
        if !known.isEmpty { known = [:] }
    }

    /// Where a path leads, the last component not followed.
    public mutating func place(
        of path: AbsolutePath, below: any HostReading, overlay: (AbsolutePath) throws(HostFault) -> Overlay
    ) throws(HostFault) -> AbsolutePath {
        try place(of: path, depth: 0, below, overlay)
    }

    private mutating func place(
        of path: AbsolutePath, depth: Int, _ below: any HostReading,
        _ overlay: (AbsolutePath) throws(HostFault) -> Overlay
    ) throws(HostFault) -> AbsolutePath {
        guard let parent = path.parent else { return path }
        let place = try folder(parent, depth: depth, below, overlay)
        return place == parent ? path : place.appending(path.name)
    }

    private mutating func folder(
        _ path: AbsolutePath, depth: Int, _ below: any HostReading,
        _ overlay: (AbsolutePath) throws(HostFault) -> Overlay
    ) throws(HostFault) -> AbsolutePath {
        if path == .root { return path }
        if let known = known[path] { return known }
        guard depth < 40 else { throw HostFault("open", path.text, "ELOOP (too many levels of links)") }
        let place = try place(of: path, depth: depth, below, overlay)
        var found = place
        switch try overlay(place) {
        case .link(let target):
            found = target.hasPrefix("/") ? .root : place.parent ?? .root
            for part in target.split(separator: "/") where part != "." {
                let next = part == ".." ? found.parent ?? .root : found.appending(String(part))
                found = try folder(next, depth: depth + 1, below, overlay)
            }
        case .other: break
        case .none:
            let real = try below.place(of: place.appending("x")).parent ?? .root
            if real != place { found = try folder(real, depth: depth + 1, below, overlay) }
        }
        known[path] = found
        return found
    }
}
