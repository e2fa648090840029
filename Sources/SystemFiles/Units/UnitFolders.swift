public import Model

/// Where units are, the first folder wins (systemd.unit(5), "Unit File Load Path").
public struct UnitFolders: Sendable {
    /// Where links and an administrator's units are.
    public static let configuration = AbsolutePath.root.appending("etc/systemd/system")
    static let runtime = AbsolutePath.root.appending("run/systemd/system")
    /// The folders that generators and commands fill for this boot only: nothing in them is enabled or disabled.
    static let generated = ["generator", "generator.early", "generator.late", "transient"].map {
        AbsolutePath.root.appending("run/systemd/\($0)")
    }

    public let all: [AbsolutePath]

    /// systemd writes the path of a unit into its links as it found it. Where /sbin/init tells that it lives in
    /// /usr/lib, it looks there first; before Debian 13 it looks into /lib first.
    init(on host: any HostReading) throws(HostFault) {
        let initial = AbsolutePath.root.appending("sbin/init")
        var isMerged = false
        if let status = try host.status(of: initial), status.kind == .link {
            isMerged = !(try host.linkTarget(of: initial)).hasPrefix("/lib/")
        }
        let vendor = isMerged ? ["usr/lib", "lib"] : ["lib", "usr/lib"]
        all =
            [
                "etc/systemd/system.control", "run/systemd/system.control", "run/systemd/transient",
                "run/systemd/generator.early", "etc/systemd/system", "etc/systemd/system.attached",
                "run/systemd/system", "run/systemd/system.attached", "run/systemd/generator",
                "usr/local/lib/systemd/system", "\(vendor[0])/systemd/system", "\(vendor[1])/systemd/system",
                "run/systemd/generator.late",
            ].map { AbsolutePath.root.appending($0) }
    }

    /// Whether a path is anywhere below one of the folders.
    func hold(_ path: AbsolutePath) -> Bool { all.contains { path.isBelowOrEqual(to: $0) } }

    /// Whether a path is an entry of one of the folders.
    func list(_ path: AbsolutePath) -> Bool { path.parent.map(all.contains) ?? false }

    public static func isConfiguration(_ path: AbsolutePath) -> Bool {
        path.parent == configuration || path.parent == runtime
    }

    public static func isGenerated(_ path: AbsolutePath) -> Bool { path.parent.map(generated.contains) ?? false }

    static func isRuntime(_ folder: AbsolutePath) -> Bool { folder.isBelowOrEqual(to: .root.appending("run")) }
}
