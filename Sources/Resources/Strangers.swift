import SystemFiles
import Model

/// The undeclared entries below a directory.
struct Strangers {
    /// The entries that a purge takes, directories with all that is in them.
    private(set) var removable: [Directory.Entry] = []
    /// The entries that stay, since something is mounted at or below them.
    private(set) var mounted: [Directory.Entry] = []
    /// The entries that stay, since their names are no text.
    private(set) var unnamed: [AbsolutePath] = []

    private let tree: FileTree?
    private let ignored: [Glob]
    private let region: ClaimedRegion

    /// - Parameter region: what others have below the directory.
    init(of directory: Directory, beside region: ClaimedRegion, on host: some HostReading) throws {
        tree = directory.laidTree
        ignored = directory.ignoredPatterns
        self.region = region
        let folders = Set(tree?.folders ?? []), files = Set(tree?.leaves.map(\.path) ?? [])
        try visit(directory.path, "", folders, files, on: host)
        try keepMounted(below: directory.path, on: host)
    }

    private mutating func visit(
        _ place: AbsolutePath, _ prefix: String, _ folders: Set<String>, _ files: Set<String>, on host: some HostReading
    ) throws {
        for name in try host.entries(of: place) ?? [] {
            let entry = place.appending(name), relative = prefix + name
            if files.contains(relative) || region.has(entry) || ignored.contains(where: { $0.matches(relative) }) {
                continue
            }
            guard let status = try host.status(of: entry) else {
                if name.unicodeScalars.contains("\u{FFFD}") { unnamed.append(entry) }
                continue
            }
            if folders.contains(relative) || region.reaches(below: entry) {
                // A link on the way to something that is declared stays as it is.
                if status.kind == .directory { try visit(entry, relative + "/", folders, files, on: host) }
            } else if try status.kind == .directory && hasIgnored(below: entry, relative + "/", on: host) {
                try visit(entry, relative + "/", folders, files, on: host)
            } else {
                removable.append(Directory.Entry(path: entry, kind: status.kind))
            }
        }
    }

    /// Whether something below a stranger must not be taken with it.
    private func hasIgnored(below place: AbsolutePath, _ prefix: String, on host: some HostReading) throws -> Bool {
        if ignored.isEmpty { return false }
        for name in try host.entries(of: place) ?? [] {
            let entry = place.appending(name), relative = prefix + name
            if ignored.contains(where: { $0.matches(relative) }) { return true }
            guard try host.status(of: entry)?.kind == .directory else { continue }
            if try hasIgnored(below: entry, relative + "/", on: host) { return true }
        }
        return false
    }

    /// Sets apart the entries that another file system is mounted on. Where the mounts are not known, the removal itself looks.
    private mutating func keepMounted(below path: AbsolutePath, on host: some HostReading) throws {
        guard !removable.isEmpty, case .paths(let mounts) = try host.answer(to: .mounts(below: path)), !mounts.isEmpty
        else { return }
        let isMounted = { (entry: Directory.Entry) in mounts.contains { $0.isBelowOrEqual(to: entry.path) } }
        mounted = removable.filter(isMounted)
        removable.removeAll(where: isMounted)
    }
}

extension Directory {
    /// The former entries of the tree that left it, without those that another resource declares now.
    func leftovers(beside region: ClaimedRegion, on host: some HostReading) throws -> [Entry] {
        guard let former else { return [] }
        let folders = Set(recurse?.folders ?? [])
        let ignored = ignoredPatterns
        var entries: [Entry] = [], gone = Set<AbsolutePath>()
        for (relative, _) in former.leaves {
            let place = path.appending(relative)
            if region.has(place) || ignored.contains(where: { $0.matches(relative) }) { continue }
            guard try host.status(of: place)?.kind == .file else { continue }
            entries.append(Entry(path: place, kind: .file))
            gone.insert(place)
        }
        for folder in former.folders.reversed() where !folders.contains(folder) {
            let place = path.appending(folder)
            guard !region.has(place), let names = try host.entries(of: place),
                names.allSatisfy({ gone.contains(place.appending($0)) })
            else { continue }
            entries.append(Entry(path: place, kind: .directory))
            gone.insert(place)
        }
        return entries
    }
}
