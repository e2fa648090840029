import Glibc
import HostFiles
import Model

/// The lane of packages: one transaction of apt for all changes.
extension Linux {
    /// What fails is told apart from what does not: where the transaction fails, each change is tried alone, and what
    /// counts is what dpkg has in the end.
    func performPackages(_ steps: [Step]) -> [Result<StepOutput, HostFault>] {
        let changes = steps.compactMap { if case .changePackage(let change) = $0 { change } else { nil } }
        defer { forgetAll() }
        var faults: [Int: HostFault] = [:]
        for (index, change) in changes.enumerated() where change.action == .unhold {
            faults[index] = fault(mark, change)
        }
        let moves = changes.indices.filter { changes[$0].operand != nil }
        var output = ""
        do throws(HostFault) {
            if !moves.isEmpty { output = try transact(moves.map { changes[$0] }) }
        } catch {
            for index in moves where !isDone(changes[index]) {
                let alone =
                    moves.count == 1
                    ? error : fault({ (change) throws(HostFault) in _ = try transact([change]) }, changes[index])
                faults[index] = isDone(changes[index]) ? nil : alone
            }
        }
        // What could not be brought to its version is not held at another one.
        let failed = Set(faults.keys.map { changes[$0].name })
        for (index, change) in changes.enumerated() where change.action == .hold && !failed.contains(change.name) {
            faults[index] = fault(mark, change)
        }
        return changes.indices.map { index in
            faults[index].map { .failure($0) } ?? .success(StepOutput(text: output))
        }
    }

    private func fault(
        _ perform: (PackageChange) throws(HostFault) -> Void, _ change: PackageChange
    ) -> HostFault? {
        do throws(HostFault) {
            try perform(change)
            return nil
        } catch {
            return error
        }
    }

    /// Whether dpkg has a package as the change wants it.
    private func isDone(_ change: PackageChange) -> Bool {
        forgetAll()
        let path = AbsolutePath.root.appending("var/lib/dpkg/status")
        guard let database = try? document(DpkgStatus.self, at: path) else { return false }
        let package = database.package(named: change.name)
        if change.action == .remove { return package?.isInstalled != true }
        guard let package else { return !database.providers(of: change.name).isEmpty }
        return package.isInstalled && (change.version == nil || package.version == change.version)
    }

    private static let environment = [
        EnvironmentEntry("DEBIAN_FRONTEND", Content("noninteractive")),
        EnvironmentEntry("APT_LISTCHANGES_FRONTEND", Content("none")),
    ]

    /// Configuration files that an administrator changed are kept; the lock is waited for up to 60 s.
    private func transact(_ changes: [PackageChange]) throws(HostFault) -> String {
        let words =
            [
                "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=60", "-o", "Dpkg::Options::=--force-confdef",
                "-o", "Dpkg::Options::=--force-confold", "--no-install-recommends", "--allow-downgrades", "install",
                "--",
            ] + changes.compactMap(\.operand)
        let policy = try forbidServices()
        defer { if let policy { try? remove(Removal(policy, kind: .file)) } }
        let ended = try execute(
            CommandRun(.arguments(words), environment: Self.environment, timeout: .seconds(1800)))
        if ended.exitStatus == 0, !ended.hasTimedOut { return ended.output }
        let names = changes.map(\.name).joined(separator: ", ")
        throw HostFault(changes[0].action.rawValue, names, "apt-get \(ended.complaint)")
    }

    private func mark(_ change: PackageChange) throws(HostFault) {
        let words = ["apt-mark", change.action.rawValue, "--", change.name]
        let ended = try execute(CommandRun(.arguments(words), timeout: .seconds(60)))
        if ended.exitStatus != 0 { throw HostFault(change.action.rawValue, change.name, "apt-mark \(ended.complaint)") }
    }

    /// In a root that is not running, maintainer scripts must not start services (policy-rc.d, invoke-rc.d(8)).
    private func forbidServices() throws(HostFault) -> AbsolutePath? {
        let path = AbsolutePath.root.appending("usr/sbin/policy-rc.d")
        guard !isRunning, try status(of: path) == nil else { return nil }
        let file = try prepare(
            WantedFile(
                path: path, bytes: Array("#!/bin/sh\nexit 101\n".utf8),
                attributes: Attributes(mode: FileMode(Permissions(0o755))), replaced: .nothing))
        try place(file)
        Glibc.close(file.descriptor)
        return path
    }
}

extension PackageChange {
    /// How apt-get(8) is told of it; nil for what it does not do.
    fileprivate var operand: String? {
        switch action {
        case .install: version.map { "\(name)=\($0)" } ?? "\(name)+"
        case .remove: "\(name)-"
        case .hold, .unhold: nil
        }
    }
}

extension Ended {
    /// How it failed, with the lines in which apt, dpkg and maintainer scripts speak of errors.
    fileprivate var complaint: String {
        let lines = output.split(whereSeparator: \.isNewline)
        let errors = lines.filter {
            $0.hasPrefix("E: ") || $0.hasPrefix("dpkg: error") || $0.contains("returned error")
        }
        let said = (errors.isEmpty ? lines.suffix(1) : errors.prefix(3)).joined(separator: "; ").prefix(400)
        return (hasTimedOut ? "took too long" : "ended with status \(exitStatus)") + (said.isEmpty ? "" : ": \(said)")
    }
}
