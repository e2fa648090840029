public import Model

extension UnitTree {
    /// The links that enabling makes and that are not there yet.
    public struct Enabling: Sendable {
        public var links: [LinkCreation] = []
        /// Where all links of the unit itself are, those that are there too.
        public var own: [AbsolutePath] = []
        /// Whether the links of the unit itself are all there; where it asks for none, those of the units in its `Also=`.
        public var isComplete = true
        /// Whether there is anything that enabling could make.
        public var isInstallable = false
    }

    /// The links that systemctl(1) enable makes in /etc/systemd/system.
    ///
    /// - Throws: `Refusal` where systemctl refuses.
    public func enabling(_ name: UnitName) throws -> Enabling {
        var search = UnitSearch(self)
        search.add(name)
        guard let asked = try search.unit(name, followsConfiguration: true) else {
            throw Refusal("there is no unit \(name)")
        }
        if asked.mode == .masked {
            throw Refusal("\(name) cannot be enabled: \(asked.path) masks it", hint: "declare `masked: false`")
        }
        if UnitFolders.isGenerated(asked.path) {
            throw Refusal("\(name) cannot be enabled: \(asked.path) is made anew at each boot")
        }
        var enabling = Enabling(), own = UnitLinks(tree: self), others = UnitLinks(tree: self)
        var position = 0, refusal: Refusal?
        while position < search.names.count {
            let next = search.names[position]
            position += 1
            let isAuxiliary = search.isAuxiliary(next)
            do {
                guard try search.unit(next, followsConfiguration: false) != nil else {
                    if isAuxiliary { continue }
                    throw Refusal("there is no unit \(next)")
                }
            } catch let alias as Refusal {
                // Nothing is made through another name of the unit.
                if !isAuxiliary { refusal = alias }
                continue
            }
            guard let unit = search[next], unit.mode == .regular else { continue }
            if isAuxiliary { try others.add(unit) } else { try own.add(unit) }
        }
        enabling.links = own.missing + others.missing.filter { link in !own.missing.contains { $0.path == link.path } }
        if let refusal, !own.missing.isEmpty || own.paths.isEmpty { throw refusal }
        enabling.own = own.paths
        enabling.isInstallable = own.count + others.count > 0
        enabling.isComplete = own.count > 0 ? own.missing.isEmpty : others.missing.isEmpty
        return enabling
    }
}

/// The links that [Install] of some units asks for.
private struct UnitLinks {
    let tree: UnitTree
    var missing: [LinkCreation] = []
    var paths: [AbsolutePath] = []
    /// How many there are to be, those that are there already too.
    var count = 0

    init(tree: UnitTree) {
        self.tree = tree
    }

    mutating func add(_ unit: FoundUnit) throws {
        let configuration = UnitFolders.configuration
        if !tree.folders.list(unit.path) { try make(configuration.appending(unit.name.text), unit, isForced: false) }
        for alias in unit.install.aliases {
            guard let name = try aliasName(alias, of: unit) else { continue }
            guard let path = AbsolutePath("\(configuration)/\(name)") else {
                throw Self.refusal(unit, "Alias=\(alias)")
            }
            count += 1
            try make(path, unit, isForced: false)
        }
        for (key, list, suffix) in [
            ("WantedBy", unit.install.wantedBy, "wants"), ("RequiredBy", unit.install.requiredBy, "requires"),
        ] where !list.isEmpty {
            let name = try dependencyName(of: unit)
            for value in list {
                let text = try unit.install.expanded(value, for: unit.name, on: tree.host)
                guard let target = UnitName(text) else { throw Self.refusal(unit, "\(key)=\(value)") }
                if name.kind == .template, target.kind == .plain {
                    throw Refusal(
                        "\(unit.name) cannot be enabled: it is a template without `DefaultInstance=`",
                        hint: "name an instance: \(unit.name.prefix)@NAME.\(unit.name.type)")
                }
                count += 1
                try make(configuration.appending("\(target).\(suffix)/\(name)"), unit, isForced: true)
            }
        }
    }

    private static func refusal(_ unit: FoundUnit, _ line: String) -> Refusal {
        Refusal("\(unit.name) cannot be enabled: `\(line)` of \(unit.path) names no unit")
    }

    /// The unit that others will want: of a template its default instance.
    private func dependencyName(of unit: FoundUnit) throws -> UnitName {
        guard unit.name.kind == .template, let instance = unit.install.defaultInstance else { return unit.name }
        guard let name = unit.name.instantiated(instance) else {
            throw Self.refusal(unit, "DefaultInstance=\(instance)")
        }
        var search = UnitSearch(tree)
        search.add(name)
        if try search.unit(name, followsConfiguration: true)?.mode == .masked {
            throw Refusal("\(unit.name) cannot be enabled: its instance \(name) is masked")
        }
        return name
    }

    /// The link's path below /etc/systemd/system; nil for the unit's own name.
    private func aliasName(_ alias: String, of unit: FoundUnit) throws -> String? {
        let text = try unit.install.expanded(alias, for: unit.name, on: tree.host)
        if let slash = text.lastIndex(of: "/") {
            let folder = text[..<slash]
            guard let dot = folder.lastIndex(of: "."), [".wants", ".requires"].contains(String(folder[dot...])),
                let target = UnitName(folder[..<dot]),
                Self.isCompatible(UnitName(text[text.index(after: slash)...]), with: unit.name, in: target)
            else { throw Self.refusal(unit, "Alias=\(alias)") }
            return text
        }
        var name = text
        if let template = UnitName(text), template.kind == .template, unit.name.kind == .instance,
            let instance = unit.name.instance
        {
            name = template.instantiated(instance)?.text ?? text
        }
        do throws(UnitName.AliasProblem) {
            try UnitName.checkAlias(name, to: unit.name.text)
            return name
        } catch {
            switch error {
            case .itself: return nil
            case .other(let reason):
                throw Refusal("\(unit.name) cannot be enabled: `Alias=\(alias)` of \(unit.path): \(reason)")
            }
        }
    }

    private static func isCompatible(_ link: UnitName?, with unit: UnitName, in target: UnitName) -> Bool {
        guard let link else { return false }
        if link == unit, link.kind != .template { return true }
        guard link.template == unit else { return false }
        return link.kind == .instance || target.kind == .template
    }

    /// Makes a link where nothing is yet; an object in its place may only be replaced where systemctl does.
    private mutating func make(_ path: AbsolutePath, _ unit: FoundUnit, isForced: Bool) throws {
        if paths.contains(path) { return }
        paths.append(path)
        let link = LinkCreation(path, target: unit.path.text, replaced: .nothing, makesParents: true)
        guard let status = try tree.status(of: path) else { return missing.append(link) }
        guard status.kind == .link else {
            throw Refusal("\(unit.name) cannot be enabled: a \(status.kind.rawValue) is at \(path)")
        }
        let target = try tree.linkTarget(of: path)
        if try isEquivalent(target, to: unit.path, at: path) { return }
        guard isForced else {
            throw Refusal(
                "\(unit.name) cannot be enabled: \(path) is a link to \(target)",
                hint: "disable \(target.split(separator: "/").last ?? "") first, or remove the link")
        }
        missing.append(link)
    }

    /// Whether a link means the unit: by its file, or by its name in any of the folders.
    private func isEquivalent(_ target: String, to file: AbsolutePath, at link: AbsolutePath) throws -> Bool {
        let folder = link.parent ?? .root
        let text = target.utf8.first == UInt8(ascii: "/") ? target : "\(folder)/\(target)"
        if text == file.text { return true }
        if let end = try tree.resolved(text, in: .root, followsLast: true), try tree.status(of: end) != nil,
            end == (try tree.resolved(file.text, in: .root, followsLast: true))
        {
            return true
        }
        return text.split(separator: "/").last.map { $0 == file.name } ?? false && tree.folders.hold(file)
            && tree.folders.all.contains { text.hasPrefix($0.text + "/") }
    }
}
