import Glibc
import Model

/// The lane of packages: one transaction of apt for all changes.
extension Linux {
    func performPackages(_ steps: [Step]) -> [Result<StepOutput, HostFault>] {
        var operands: [String] = [], holds: [(String, String)] = []
        for case .changePackage(let change) in steps {
            switch change.action {
            case .install: operands.append(change.version.map { "\(change.name)=\($0)" } ?? "\(change.name)+")
            case .remove: operands.append("\(change.name)-")
            case .hold: holds.append(("hold", change.name))
            case .unhold: holds.append(("unhold", change.name))
            }
        }
        defer { forgetAll() }
        do throws(HostFault) {
            for (action, name) in holds where action == "unhold" { try mark(action, name) }
            let output = operands.isEmpty ? "" : try install(operands)
            for (action, name) in holds where action == "hold" { try mark(action, name) }
            return steps.map { _ in .success(StepOutput(text: output)) }
        } catch {
            return steps.map { _ in .failure(error) }
        }
    }

    private static let environment = [
        EnvironmentEntry("DEBIAN_FRONTEND", Content("noninteractive")),
        EnvironmentEntry("APT_LISTCHANGES_FRONTEND", Content("none")),
    ]

    /// Configuration files that an administrator changed are kept; the lock is waited for up to 60 s.
    private func install(_ operands: [String]) throws(HostFault) -> String {
        let words =
            [
                "apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=60", "-o", "Dpkg::Options::=--force-confdef",
                "-o", "Dpkg::Options::=--force-confold", "--no-install-recommends", "--allow-downgrades", "install",
                "--",
            ] + operands
        let policy = try forbidServices()
        defer { if let policy { try? remove(Removal(policy, kind: .file)) } }
        return try run(
            CommandRun(.arguments(words), environment: Self.environment, timeout: .seconds(1800))
        ).text
    }

    private func mark(_ action: String, _ name: String) throws(HostFault) {
        _ = try run(CommandRun(.arguments(["apt-mark", action, "--", name]), timeout: .seconds(60)))
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
