import Model

/// The answer of systemctl(1) is-enabled about a unit.
public enum UnitState: String, Sendable {
    case enabled, linked, alias, masked, `static`, disabled, indirect, generated, transient
    case enabledRuntime = "enabled-runtime"
    case linkedRuntime = "linked-runtime"
    case maskedRuntime = "masked-runtime"
}

extension UnitTree {
    /// - Returns: nil where there is no such unit.
    /// - Throws: `Refusal` where systemctl cannot tell either.
    public func state(of name: UnitName) throws -> UnitState? {
        var search = UnitSearch(self)
        search.add(name)
        guard let unit = try search.unit(name, followsConfiguration: true), let folder = unit.path.parent else {
            return nil
        }
        if unit.mode == .masked { return UnitFolders.isRuntime(folder) ? .maskedRuntime : .masked }
        if name.text != unit.path.name, unit.name.kind != .instance { return .alias }
        if folder.name.hasPrefix("generator"), UnitFolders.isGenerated(unit.path) { return .generated }
        if UnitFolders.isGenerated(unit.path) { return .transient }
        if let state = try links(of: unit, onlyOwn: true) { return state }
        // The file has other names, so that it may be in use.
        if try links(of: unit, onlyOwn: false) != nil { return .indirect }
        return unit.install.hasRules ? .disabled : unit.install.also.isEmpty ? .static : .indirect
    }

    /// The state that links of a unit in any folder give it; nil without a link.
    ///
    /// - Parameter onlyOwn: whether only those count that [Install] could have made.
    private func links(of unit: FoundUnit, onlyOwn: Bool) throws -> UnitState? {
        var isInRuntime = false, isElsewhere = false, isBelow = false
        var linked: Set<UnitState> = []
        for folder in folders.all {
            switch try link(of: unit, in: folder, onlyOwn: onlyOwn, isBelow: isBelow) {
            case .found?:
                if folder == UnitFolders.configuration { return .enabled }
                if UnitFolders.isRuntime(folder) { isInRuntime = true } else { isElsewhere = true }
            case .sameName?:
                if folder == UnitFolders.configuration { linked.insert(.linked) }
                if UnitFolders.isRuntime(folder) { linked.insert(.linkedRuntime) }
            case nil: break
            }
            // Entries of its own name in later folders do not count beside the unit that was found.
            if unit.path.isBelowOrEqual(to: folder) { isBelow = true }
        }
        if isInRuntime { return .enabledRuntime }
        if isElsewhere, unit.name.kind == .instance { return .static }
        return linked.contains(.linked) ? .linked : linked.first
    }

    private enum LinkKind {
        case found, sameName
    }

    private func link(of unit: FoundUnit, in folder: AbsolutePath, onlyOwn: Bool, isBelow: Bool) throws -> LinkKind? {
        let names = try entries(of: folder)
        for name in names where name.hasSuffix(".wants") || name.hasSuffix(".requires") {
            let directory = folder.appending(name)
            guard try status(of: directory)?.kind == .directory else { continue }
            for entry in try entries(of: directory) where Self.isNamed(entry, unit.name) {
                if onlyOwn, !Self.isOwn(entry, of: unit) { continue }
                if try status(of: directory.appending(entry))?.kind == .link { return .found }
            }
        }
        var kind: LinkKind?
        for name in names where UnitName(name) != nil {
            let path = folder.appending(name)
            guard try status(of: path)?.kind == .link else { continue }
            let leadsToUnit = try linkTarget(of: path).split(separator: "/").last.map { $0 == unit.name.text } ?? false
            let isSameName = !isBelow && name == unit.name.text
            if leadsToUnit, isSameName {
                kind = .sameName
            } else if leadsToUnit || isSameName, !onlyOwn || Self.isOwn(name, of: unit) {
                return .found
            }
        }
        return kind
    }

    /// Whether an entry of a .wants folder is a unit, or an instance of a template.
    private static func isNamed(_ entry: String, _ unit: UnitName) -> Bool {
        entry == unit.text || UnitName(entry)?.template == unit
    }

    /// Whether [Install] speaks of a link of a name.
    private static func isOwn(_ entry: String, of unit: FoundUnit) -> Bool {
        if entry == unit.name.text || unit.install.aliases.contains(entry) { return true }
        guard unit.name.kind == .template, let instance = unit.install.defaultInstance else { return false }
        return unit.name.instantiated(instance)?.text == entry
    }
}
