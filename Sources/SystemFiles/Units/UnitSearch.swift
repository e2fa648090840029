import Model

/// Finds units by name and remembers which others belong to them: those that are enabled or disabled together.
struct UnitSearch {
    let tree: UnitTree
    /// The names that were asked for, led to, or stand in an `Also=`, in the order in which they came up.
    private(set) var names: [UnitName] = []
    private var found: [UnitName: FoundUnit] = [:]
    /// The units that only an `Also=` names.
    private var auxiliary: Set<UnitName> = []

    init(_ tree: UnitTree) {
        self.tree = tree
    }

    func isAuxiliary(_ name: UnitName) -> Bool { auxiliary.contains(name) }

    /// The result of the search for a name, without following links.
    subscript(_ name: UnitName) -> FoundUnit? { found[name] }

    mutating func add(_ name: UnitName, isAuxiliary: Bool = false) {
        if names.contains(name) {
            if !isAuxiliary { auxiliary.remove(name) }
        } else {
            names.append(name)
            if isAuxiliary { auxiliary.insert(name) }
        }
    }

    /// The unit that a name leads to, with its [Install]; nil where there is none.
    ///
    /// - Parameter followsConfiguration: whether links in /etc/systemd/system are followed.
    /// - Throws: `Refusal` for what systemd refuses to read or to follow.
    mutating func unit(_ name: UnitName, followsConfiguration: Bool) throws -> FoundUnit? {
        guard var unit = try find(name) else { return nil }
        var linkCount = 0
        while unit.mode == .alias || unit.mode == .linked, let target = unit.target {
            linkCount += 1
            if linkCount > 64 { throw Refusal("\(unit.path) leads around in a circle") }
            if !followsConfiguration, UnitFolders.isConfiguration(unit.path) {
                throw Refusal("\(unit.path) is a link to \(target)", hint: "name the unit itself: \(target.name)")
            }
            var next = UnitName(target.name)
            if unit.name.kind == .instance, next?.kind == .template, let instance = unit.name.instance {
                next = next?.instantiated(instance)
            }
            if unit.mode == .linked || target.name == unit.name.text || next == unit.name {
                guard let followed = try load(unit.name, at: target, unit.install) else { return nil }
                found[unit.name] = followed
                unit = followed
                continue
            }
            guard let next else { throw Refusal("\(unit.path) leads to \(target), which is no name of a unit") }
            add(next)
            guard let aliased = try find(next) else {
                throw Refusal("\(unit.path) leads to \(target), which is not there")
            }
            unit = aliased
        }
        return unit
    }

    /// The first of the folders that has the unit, or for an instance its template, decides.
    private mutating func find(_ name: UnitName) throws -> FoundUnit? {
        if let known = found[name] { return known }
        if name.kind != .plain, !name.type.mayBeTemplate { throw Refusal("a \(name.type) has no templates: \(name)") }
        for candidate in name.kind == .instance ? [name, name.template ?? name] : [name] {
            for folder in tree.folders.all {
                guard var unit = try load(name, at: folder.appending(candidate.text), InstallSection()) else {
                    continue
                }
                if unit.mode != .masked { try readDropIns(of: &unit) }
                found[name] = unit
                for other in unit.install.also { add(other, isAuxiliary: true) }
                return unit
            }
        }
        return nil
    }

    private mutating func load(
        _ name: UnitName, at path: AbsolutePath, _ install: InstallSection
    ) throws -> FoundUnit? {
        guard let status = try tree.status(of: path) else { return nil }
        var unit = FoundUnit(name: name, path: path, mode: .regular, install: install)
        switch status.kind {
        case .file where status.byteCount == 0, .device: unit.mode = .masked
        case .file:
            try unit.install.read(try tree.file(at: path), of: name, at: path, on: tree.host)
            for other in unit.install.also { add(other, isAuxiliary: true) }
        case .link: (unit.mode, unit.target) = try linked(path)
        case .directory, .fifo, .socket: throw Refusal("\(path) is a \(status.kind.rawValue)")
        }
        return unit
    }

    private func linked(_ path: AbsolutePath) throws -> (FoundUnit.Mode, AbsolutePath) {
        let text = try tree.linkTarget(of: path)
        guard let target = try tree.resolved(text, in: path.parent ?? .root, followsLast: false) else {
            throw Refusal("\(path) is a link to `\(text)`, which leads nowhere")
        }
        let isInside = tree.folders.hold(target)
        if isInside {
            do throws(UnitName.AliasProblem) {
                try UnitName.checkAlias(path.name, to: target.name)
            } catch {
                let reason = if case .other(let text) = error { text } else { "it has the same name" }
                throw Refusal("\(path) is a link to \(target), and systemd refuses that: \(reason)")
            }
        }
        if try tree.isNullOrEmpty(target) { return (.masked, target) }
        return (isInside ? .alias : .linked, target)
    }

    /// Files of one name override each other, the first folder wins; they are read in the order of their names.
    private func readDropIns(of unit: inout FoundUnit) throws {
        var files: [String: AbsolutePath] = [:]
        let owners = unit.name.kind == .instance ? [unit.name, unit.name.template ?? unit.name] : [unit.name]
        for owner in owners {
            for folder in tree.folders.all {
                let place = folder.appending("\(owner.text).d")
                guard try tree.status(of: place) != nil,
                    let directory = try tree.resolved(place.text, in: .root, followsLast: true)
                else { continue }
                for name in try tree.entries(of: directory) where name.hasSuffix(".conf") && files[name] == nil {
                    files[name] = directory.appending(name)
                }
            }
        }
        for (_, path) in files.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            guard let end = try tree.resolved(path.text, in: .root, followsLast: true) else {
                throw Refusal("\(path) leads around in a circle")
            }
            if try tree.isNullOrEmpty(end) { continue }
            guard let status = try tree.status(of: end) else {
                throw Refusal("\(path) leads to \(end), which is not there")
            }
            guard status.kind == .file else { throw Refusal("\(path) is a \(status.kind.rawValue)") }
            try unit.install.read(try tree.file(at: end), of: unit.name, at: path, on: tree.host)
        }
    }
}
