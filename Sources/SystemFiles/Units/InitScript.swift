public import Model

/// A script of System V init without a unit of its own; systemd makes a unit from it at each boot.
public struct InitScript: Sendable {
    public var path: AbsolutePath
    /// Whether a link in one of the folders of the run levels starts it at boot.
    public var isEnabled: Bool

    /// - Returns: nil where there is no script, and for what no script can stand for.
    public init?(for unit: UnitName, on host: some HostReading) throws(HostFault) {
        guard unit.type == .service, unit.kind == .plain else { return nil }
        let name = unit.stem
        path = AbsolutePath.root.appending("etc/init.d/\(name)")
        guard let status = try host.status(of: path), status.kind == .file || status.kind == .link else { return nil }
        isEnabled = false
        for level in ["S", "5"] {
            let links = try host.entries(of: AbsolutePath.root.appending("etc/rc\(level).d")) ?? []
            if links.contains(where: { $0.hasPrefix("S") && $0.dropFirst(3) == name }) { isEnabled = true }
        }
    }
}
