public import Model

/// A directory, and on demand a tree of files below it.
public struct Directory: Resource, Removable, Remarking, Replacing {
    public var path = AbsolutePath.root
    public var owner: Owner?
    public var group: Owner?
    public var mode: FileMode?
    public var recurse: FileTree?
    public var purge: Purge?
    public var ignore: [String]?
    public var replace: Bool?

    public init() {}

    /// What happens to entries that nobody declared.
    public enum Purge: String, FieldValue, CaseIterable {
        case report, enforce
    }

    public static let typeName = "directory"
    public static let doc = "A directory. Missing parents are not made; declare them."
    public static let fields: [Field<Directory>] = [
        Field("path", always: \.path, .key, doc: "Where the directory is.", examples: ["/srv/www"]),
        Field(
            "owner", \.owner, doc: "The owner, also of the tree that is laid; root at creation.", examples: ["www-data"]
        ),
        Field(
            "group", \.group, doc: "The group, also of the tree that is laid; root at creation.", examples: ["www-data"]
        ),
        Field(
            "mode", \.mode, doc: "The mode; 0755 at creation.", examples: ["\"0750\""],
            satisfies: { $0.isSatisfied(by: $1.applied(to: Permissions(0), isDirectory: true), isDirectory: true) }),
        Field(
            "recurse", \.recurse,
            doc:
                "A folder below `files/` whose files are laid below the directory: 0644, or 0755 where the source is executable.",
            examples: ["www"], satisfies: { $1.contains($0) }),
        Field(
            "purge", \.purge, .parameter,
            doc:
                "`report` names entries that nobody declared, `enforce` removes them; never through links, never another file system.",
            examples: ["report"]),
        Field(
            "ignore", \.ignore, .parameter, doc: "Glob patterns of relative paths that are neither laid nor purged.",
            examples: ["[\"*.bak\"]"]),
        Field(
            "replace", \.replace, .parameter, doc: "Takes the place of another kind of object.", examples: ["true"]),
    ]
    public static let examples = ["/srv/www: {owner: root, group: root, mode: \"0755\"}", "/srv/plain: {}"]

    public var objects: [HostObject] { [.path(path)] + (purge == .enforce ? [.purgedDirectory(path)] : []) }
    public var needs: [Need] { Need.parent(of: path) + Need.owners(owner, group) }

    /// What is there: the attributes, the files of the tree and the entries that are not declared.
    public struct Observed: Sendable {
        var directory: Directory
        /// Folders of the tree that are missing, the outermost first.
        var missingFolders: [AbsolutePath] = []
        /// Entries of the tree that belong to others than declared.
        var misowned: [(path: AbsolutePath, kind: FileStatus.Kind)] = []
        var strangers: [(path: AbsolutePath, kind: FileStatus.Kind)] = []
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let status = try host.status(of: path) else { return nil }
        guard try status.isOurs(.directory, at: path, replace: replace) else { return nil }
        var observed = Observed(directory: Directory())
        observed.directory.path = path
        observed.directory.mode = FileMode(status.permissions)
        try status.readOwners(owner, group, into: &observed.directory.owner, &observed.directory.group, on: host)
        if let tree = laidTree { try tree.observe(below: path, owners: (owner, group), on: host, into: &observed) }
        if purge == .enforce { observed.strangers = try strangers(on: host) }
        return observed
    }

    /// The tree without what is ignored.
    var laidTree: FileTree? { recurse.map { $0.filtered { !isIgnored($0) } } }

    private func isIgnored(_ relative: String) -> Bool {
        (ignore ?? []).contains { Glob.matches(relative, pattern: $0) }
    }

    private func strangers(on host: some HostReading) throws -> [(path: AbsolutePath, kind: FileStatus.Kind)] {
        let tree = laidTree
        var strangers: [(path: AbsolutePath, kind: FileStatus.Kind)] = []
        for folder in [""] + (tree?.folders ?? []) {
            let declared = tree?.names(in: folder) ?? [], place = folder.isEmpty ? path : path.appending(folder)
            for name in try host.entries(of: place) ?? [] where !declared.contains(name) {
                if isIgnored(folder.isEmpty ? name : "\(folder)/\(name)") { continue }
                let entry = place.appending(name)
                if let status = try host.status(of: entry) { strangers.append((entry, status.kind)) }
            }
        }
        return strangers
    }

    public func changes(from observed: Observed?) -> [Change] {
        var desired = self
        desired.recurse = laidTree
        var changes = Self.fields.compactMap { field -> Change? in
            guard field.role == .property else { return nil }
            return field.change(from: observed?.directory, to: desired)
        }
        if let misowned = observed?.misowned, !misowned.isEmpty {
            changes.append(
                Change(
                    "recurse", from: .text("\(misowned.count) entries belong to others"),
                    to: .text([owner, group].compactMap { $0.map { "\($0)" } }.joined(separator: ":"))))
        }
        if purge == .enforce {
            changes += (observed?.strangers ?? []).map { Change("purge", from: .text($0.path.text), to: nil) }
        }
        return changes
    }

    /// What `purge: report` found.
    public func remarks(on host: some HostReading, before changes: [Change]) throws -> [String] {
        purge == .report ? try strangers(on: host).map { "\($0.path) is not declared" } : []
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        let attributes = Attributes(owner: owner, group: group, mode: mode)
        var steps: [Step] = []
        let differing = Set(changes(from: observed).map(\.property))
        if observed == nil {
            steps.append(
                .makeDirectory(
                    DirectoryCreation(
                        path, attributes: attributes, replaced: replace == true ? .anything : .nothing)))
        } else if !differing.isDisjoint(with: ["owner", "group", "mode"]) {
            steps.append(.setAttributes(AttributeChange(path, kind: .directory, attributes: attributes)))
        }
        if differing.contains("recurse"), let tree = laidTree {
            steps += tree.steps(below: path, owners: (owner, group), from: observed)
        }
        if differing.contains("purge") {
            steps += (observed?.strangers ?? []).map {
                .remove(Removal($0.path, kind: $0.kind, isRecursive: $0.kind == .directory))
            }
        }
        return steps
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        let laid = recurse.map { $0.removals(below: path) } ?? []
        return laid + [.remove(Removal(path, kind: .directory))]
    }
}
