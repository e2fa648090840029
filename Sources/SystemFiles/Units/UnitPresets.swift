public import Model

/// Which units are enabled where nobody decided otherwise: by systemd.preset(5), and on Debian by what the scripts of
/// packages enabled, which deb-systemd-helper(1p) keeps.
public struct UnitPresets {
    /// nil where no such record is kept.
    private var enabledByPackages: Set<String>?
    private var rules: [(pattern: Glob, isEnabled: Bool)] = []

    /// What the scripts of the package systemd enable themselves.
    private static let enabledBySystemd = ["getty@tty1.service", "remote-fs.target", "systemd-pstore.service"]

    public init(reading host: some HostReading) throws(HostFault) {
        let record = AbsolutePath.root.appending("var/lib/systemd/deb-systemd-helper-enabled"), suffix = ".dsh-also"
        if let names = try host.entries(of: record) {
            let units = names.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }
            enabledByPackages = Set(units + Self.enabledBySystemd)
        }
        for path in try host.dropIns(in: "systemd/system-preset", suffix: ".preset") {
            guard try host.status(of: path)?.kind == .file else { continue }
            let text = String(decoding: try host.contents(of: path, limit: 1 << 20), as: UTF8.self)
            for line in text.textLines() {
                let words = line.split(separator: " ")
                guard words.count >= 2, words[0] == "enable" || words[0] == "disable" else { continue }
                rules.append((Glob(String(words[1])), words[0] == "enable"))
            }
        }
    }

    /// Of presets, the first rule that matches decides; without one a unit is enabled.
    public func enable(_ unit: UnitName) -> Bool {
        if let enabledByPackages { return enabledByPackages.contains(unit.text) }
        return rules.first { $0.pattern.matches(unit.text) }?.isEnabled ?? true
    }
}

extension UnitTree {
    /// The names of all unit files that packages and administrators brought, without links.
    public static func unitFiles(on host: some HostReading) throws(HostFault) -> [(name: UnitName, path: AbsolutePath)]
    {
        var found: [String: (UnitName, AbsolutePath)] = [:]
        for folder in try UnitFolders(on: host).all where !folder.isBelowOrEqual(to: .root.appending("run")) {
            for entry in try host.entries(of: folder) ?? [] where found[entry] == nil {
                guard let name = UnitName(entry), try host.status(of: folder.appending(entry))?.kind == .file else {
                    continue
                }
                found[entry] = (name, folder.appending(entry))
            }
        }
        return found.sorted { $0.key < $1.key }.map { ($0.value.0, $0.value.1) }
    }
}
