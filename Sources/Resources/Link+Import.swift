public import Model

extension Link: Importable {
    /// The links of /etc and /usr/local that no package brought; those of units are of their services.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Link>) throws {
        let units = AbsolutePath.root.appending("etc/systemd")
        for path in try FileSearch(reading: host).links where !path.isBelowOrEqual(to: units) {
            var link = Link()
            link.path = path
            link.target = try host.linkTarget(of: path)
            // Its way leads through a choice of update-alternatives(1).
            if link.target.hasPrefix("/etc/alternatives/") { continue }
            findings.add(link)
        }
    }
}
