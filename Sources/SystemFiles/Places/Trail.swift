public import Model

/// How a path is reached: the place that it leads to through all links, and what is on the way there.
public struct Trail: Sendable {
    /// The file or folder itself, or where it would be.
    public private(set) var place = AbsolutePath.root
    /// The links and folders that are gone through, each by its own place.
    public private(set) var ways: [AbsolutePath] = []

    /// A link that root did not make, and one that leads round in circles, is the end.
    public init(of path: AbsolutePath, on host: some HostReading) throws(HostFault) {
        var rest = Self.parts(of: path.text), linkCount = 0
        while let part = rest.popLast() {
            if part == ".." {
                place = place.parent ?? .root
                continue
            }
            let next = place.appending(String(part))
            if let status = try host.status(of: next), status.kind == .link, status.owner == 0, linkCount < 40 {
                ways.append(next)
                linkCount += 1
                let target = try host.linkTarget(of: next)
                if target.hasPrefix("/") { place = .root }
                rest += Self.parts(of: target)
            } else {
                if !rest.isEmpty { ways.append(next) }
                place = next
            }
        }
    }

    /// Last one first.
    private static func parts(of path: String) -> [Substring] {
        path.split(separator: "/").filter { $0 != "." }.reversed()
    }
}

extension HostReading {
    /// The place that a path leads to through all links of root's, also one in the last component.
    public func target(of path: AbsolutePath) throws(HostFault) -> AbsolutePath {
        let place = try place(of: path)
        guard try status(of: place)?.kind == .link else { return place }
        return try Trail(of: place, on: self).place
    }
}
