import SystemFiles
public import Model

extension Package: Importable {
    /// The packages that somebody chose: installed, not marked automatic by apt, and in no base system by their priority.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Package>) throws {
        guard let status = try host.document(DpkgStatus.self, at: PackageManager.apt.database) else { return }
        let automatic = try host.document(AutomaticPackages.self, at: AutomaticPackages.file)
        for chosen in status.chosen {
            let name = chosen.package.name
            if !chosen.package.isHeld, automatic?.has(name, chosen.package.architecture) == true { continue }
            guard chosen.package.isInstalled else {
                findings.omit("\(name): it is \(chosen.package.state)")
                continue
            }
            var package = Package()
            let full = chosen.isForeign ? "\(name):\(chosen.package.architecture)" : name
            package.name = try PackageName(decoding: Node(.string(full), at: .nowhere))
            if chosen.package.isHeld { package.hold = true }
            findings.add(package)
        }
    }
}
