import SystemFiles
public import Model

extension Service: Importable {
    /// The units that are enabled, disabled or masked otherwise than their preset says, and those of the administrator.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Service>) throws {
        let presets = try UnitPresets(reading: host)
        for (name, path) in try UnitTree.unitFiles(on: host) {
            guard name.kind == .plain else { continue }
            let isLocal = UnitFolders.isConfiguration(path)
            let state: UnitState?
            do {
                state = try UnitTree(on: host, unit: name).state(of: name)
            } catch let refusal as Refusal {
                findings.omit("\(name): \(refusal.reason)")
                continue
            }
            switch state {
            case .enabled? where isLocal || !presets.enable(name): try add(name, to: &findings) { $0.enabled = true }
            case .disabled? where presets.enable(name): try add(name, to: &findings) { $0.enabled = false }
            default: break
            }
        }
        for entry in try host.entries(of: UnitFolders.configuration) ?? [] {
            guard let name = UnitName(entry), name.kind != .template,
                try UnitTree(on: host, unit: name).state(of: name) == .masked
            else { continue }
            try add(name, to: &findings) { $0.masked = true }
        }
    }

    private static func add(
        _ unit: UnitName, to findings: inout Findings<Service>, _ set: (inout Service) -> Void
    ) throws {
        let text = unit.type == .service ? String(unit.text.dropLast(".service".count)) : unit.text
        var service = Service()
        service.name = try ServiceName(decoding: Node(.string(text), at: .nowhere))
        set(&service)
        findings.add(service)
    }
}
