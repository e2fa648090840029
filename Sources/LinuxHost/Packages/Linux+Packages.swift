import SystemFiles
public import Model

/// The lane of packages, by the host's own package manager.
extension Linux {
    var packageTool: any PackageTool {
        get throws(HostFault) {
            guard let manager = try packageManager else {
                throw HostFault("find", "a package manager", "the host has none that is known", kind: .missing)
            }
            switch manager.name {
            case PackageManager.apt.name: return Apt(host: self)
            default: throw HostFault("run", manager.name, "nothing here runs it")
            }
        }
    }

    func performPackages(_ changes: [PackageChange]) -> [StepResult] {
        do throws(HostFault) {
            return try packageTool.perform(changes)
        } catch {
            return changes.map { _ in .failure(error) }
        }
    }

    func prediction(of change: PackageChange) throws(HostFault) -> ProbeAnswer {
        try packageTool.prediction(of: change)
    }

    public func expect(_ probes: [Probe]) {
        packages.predictions = [:]
        packages.expected = probes.compactMap { if case .packageChange(let change) = $0 { change } else { nil } }
    }
}

/// The program of a package manager.
protocol PackageTool {
    /// Performs changes in as few transactions as it takes; what counts is what the database has in the end.
    func perform(_ changes: [PackageChange]) -> [StepResult]
    /// What the manager would do for a change, told without changing anything.
    func prediction(of change: PackageChange) throws(HostFault) -> ProbeAnswer
    /// Reads the lists of one source, and of no other.
    func read(_ trial: SourceTrial) throws(HostFault)
}
