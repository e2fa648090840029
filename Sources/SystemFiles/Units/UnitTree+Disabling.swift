public import Model

extension UnitTree {
    /// The links that disabling takes away.
    public struct Disabling: Sendable {
        /// The links of the unit itself, under each of its names; where it asks for none, those of the units in its
        /// `Also=`.
        public var own: [AbsolutePath] = []
        /// The links also of the units that it names in `Also=`.
        public var all: [AbsolutePath] = []

        public init() {}
    }

    /// The links that systemctl(1) disable removes from /etc/systemd/system: those of an older [Install] too, and those that a
    /// unit left that is gone.
    public func disabling(_ name: UnitName) throws -> Disabling {
        var (own, all, isIndirect) = try names(of: name)
        if isIndirect { own = all }
        var disabling = Disabling()
        var folders: [String: AbsolutePath] = [:]
        let links = try configurationLinks(below: UnitFolders.configuration, &folders)
        disabling.own = try Self.marked(links, by: own)
        disabling.all = all == own ? disabling.own : try Self.marked(links, by: all)
        return disabling
    }

    /// The names by which links of a unit are known: its own, and those of its `Also=` too.
    ///
    /// - Returns: also whether the unit has nothing but an `Also=` to enable.
    private func names(of name: UnitName) throws -> (own: Set<String>, all: Set<String>, isIndirect: Bool) {
        var search = UnitSearch(self)
        search.add(name)
        var own = Set<String>(), all = Set<String>()
        var position = 0, isIndirect = true
        while position < search.names.count {
            let next = search.names[position]
            position += 1
            do {
                // A mask stays as it is; a link's unit comes in its turn.
                if try search.unit(next, followsConfiguration: true) != nil, search[next]?.mode != .regular { continue }
            } catch is Refusal {
                // What cannot be read is known by its name.
            }
            all.insert(next.text)
            if search.isAuxiliary(next) { continue }
            own.insert(next.text)
            if search[next].map({ $0.install.hasRules || $0.install.also.isEmpty }) ?? true { isIndirect = false }
        }
        return (own, all, isIndirect)
    }

    private struct ConfigurationLink {
        var path: AbsolutePath
        var name: UnitName
        var end: AbsolutePath?
    }

    /// - Parameter known: where folders of targets really are, so that each is looked for once.
    private func configurationLinks(
        below folder: AbsolutePath, _ known: inout [String: AbsolutePath]
    ) throws -> [ConfigurationLink] {
        var links: [ConfigurationLink] = []
        for entry in try entries(of: folder) {
            let path = folder.appending(entry)
            switch try status(of: path)?.kind {
            case .directory?: links += try configurationLinks(below: path, &known)
            case .link?:
                guard let name = UnitName(entry) else { continue }
                let end = try end(of: try linkTarget(of: path), in: folder, &known)
                links.append(ConfigurationLink(path: path, name: name, end: end))
            case .file?, .device?, .fifo?, .socket?, nil: break
            }
        }
        return links
    }

    private func end(
        of target: String, in folder: AbsolutePath, _ known: inout [String: AbsolutePath]
    ) throws -> AbsolutePath? {
        guard target.utf8.first == UInt8(ascii: "/"), let slash = target.lastIndex(of: "/") else {
            return try resolved(target, in: folder, followsLast: true)
        }
        let place = String(target[..<slash])
        if known[place] == nil { known[place] = try resolved(place, in: .root, followsLast: true) }
        guard let real = known[place], let path = AbsolutePath("\(real == .root ? "" : real.text)\(target[slash...])")
        else {
            return nil
        }
        return try status(of: path)?.kind == .link ? try resolved(target, in: folder, followsLast: true) : path
    }

    /// Links of a marked name or of an instance of it, links that end at one, and what leads to these links in turn.
    private static func marked(_ links: [ConfigurationLink], by names: Set<String>) throws -> [AbsolutePath] {
        var removed: [AbsolutePath] = [], rest = links
        while true {
            let gone = Set(removed)
            let found = rest.filter { link in
                names.contains(link.name.text) || link.name.template.map { names.contains($0.text) } ?? false
                    || link.end.map { names.contains($0.name) || gone.contains($0) } ?? false
            }
            if found.isEmpty { return removed }
            removed += found.map(\.path)
            let paths = Set(found.map(\.path))
            rest.removeAll { paths.contains($0.path) }
        }
    }

    /// Links that a package or a generator brought and that start a unit at boot, whatever is disabled: entries of
    /// .wants and .requires outside /etc, unless a link to /dev/null in /etc takes them back.
    public func lastingLinks(of name: UnitName) throws -> [AbsolutePath] {
        let names = try names(of: name).own
        var found: [AbsolutePath] = []
        for folder in folders.all where folder.text.contains("lib/systemd/system") {
            if folder.text.hasPrefix("/lib/"), try resolved("/lib", in: .root, followsLast: true)?.text != "/lib" {
                continue
            }
            for name in try entries(of: folder) where name.hasSuffix(".wants") || name.hasSuffix(".requires") {
                for entry in try entries(of: folder.appending(name)) {
                    guard let unit = UnitName(entry),
                        names.contains(entry) || unit.template.map({ names.contains($0.text) }) ?? false
                    else { continue }
                    let above = UnitFolders.configuration.appending("\(name)/\(entry)")
                    if try status(of: above) != nil, try isNullOrEmpty(above) { continue }
                    found.append(folder.appending("\(name)/\(entry)"))
                }
            }
        }
        return found
    }
}
