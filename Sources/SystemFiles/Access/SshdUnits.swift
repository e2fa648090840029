public import Model

/// The units of systemd by which sshd is reached.
public enum SshdUnits {
    static let names = ["ssh.service", "sshd.service", "ssh.socket", "sshd.socket"]

    /// Whether one of them starts at boot, and on a running host runs.
    ///
    /// - Returns: false too where the host has none of them: something else may start sshd.
    public static func serve(on host: some HostReading) -> Bool {
        var isEnabled = false, isRunning = !host.isRunning
        for name in names.compactMap({ UnitName($0) }) {
            guard let tree = try? UnitTree(on: host, unit: name), let state = try? tree.state(of: name) else {
                continue
            }
            // The unit itself is among the names.
            if state == .alias { continue }
            if [.enabled, .enabledRuntime, .generated].contains(state) { isEnabled = true }
            if host.isRunning, case .isRunning(false)? = try? host.answer(to: .serviceIsRunning(name.text)) { continue }
            isRunning = true
        }
        return isEnabled && isRunning
    }

    /// Whether some path in a folder may decide over one of them.
    static func mayDecide(in folder: AbsolutePath) -> Bool { (folder.text + "/").hasPrefix("/etc/systemd/system/") }

    /// Whether a path may decide over one of them: a unit, a drop-in of it or a link to it.
    static func decides(_ path: AbsolutePath) -> Bool {
        guard path.text.hasPrefix("/etc/systemd/system/") else { return false }
        let name = path.name.hasSuffix(".d") ? String(path.name.dropLast(2)) : path.name
        return names.contains(name) || path.parent.map(decides) == true
    }
}
