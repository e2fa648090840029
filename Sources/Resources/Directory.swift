import SystemFiles
public import Model

/// A directory, and on demand a tree of files below it.
public struct Directory: Resource, Containing, Replacing, Bounded, Succeeding {
    public var path = AbsolutePath.root
    public var owner: Owner?
    public var group: Owner?
    public var mode: FileMode?
    public var recurse: FileTree?
    public var purge: Purge?
    public var ignore: [String]?
    public var replace: Bool?
    public var claims = Claims()
    /// The entries that were laid last and have left the tree; nil without any.
    var former: FileTree?

    public init() {}

    /// The treatment of undeclared entries.
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
            "recurse", \.recurse, payload: .tree,
            doc:
                "A folder below `files/` whose files are laid below the directory: 0644, or 0755 where the source is executable. What left the folder is removed where Lodestar made the directory.",
            examples: ["www"]),
        Field(
            "purge", \.purge, .parameter,
            doc:
                "`report` names entries that nobody declared, `enforce` removes them. What any declaration owns, provides, edits or needs below it stays, and so does what is mounted there.",
            examples: ["report"]),
        Field(
            "ignore", \.ignore, .parameter, doc: "Glob patterns of relative paths that are neither laid nor purged.",
            examples: ["[\"*.bak\"]"]),
        Field(
            "replace", \.replace, .parameter, doc: "Takes the place of another kind of object.", examples: ["true"]),
    ]
    public static let examples = ["/srv/www: {owner: root, group: root, mode: \"0755\"}", "/srv/plain: {}"]

    public var objects: [HostObject] { [.path(path)] }
    public var needs: [Need] { Need.parent(of: path) + Need.owners(owner, group) }
    public var usesClaims: Bool { purge != nil || former != nil }

    public var problems: [Problem] {
        (ignore ?? []).compactMap { pattern in
            Glob.problem(of: pattern).map { Problem("ignore", "`\(pattern)` is too long or cannot be read: \($0)") }
        }
    }

    public mutating func succeed(_ previous: Directory) {
        let kept = Set(recurse?.leaves.map(\.path) ?? [])
        former = previous.recurse.map { $0.filtered { !kept.contains($0) } }.flatMap { $0.leaves.isEmpty ? nil : $0 }
    }

    public var whileChanging: Directory {
        var directory = self
        if let former { directory.recurse = recurse.map { $0.union(former) } ?? former }
        return directory
    }

    /// The observed state: the attributes, the files of the tree and the undeclared entries.
    public struct Observed: Sendable {
        var directory: Directory
        /// Folders of the tree that are missing, the outermost first.
        var missingFolders: [AbsolutePath] = []
        /// Entries of the tree that belong to others than declared.
        var misowned: [Entry] = []
        /// Entries that were laid once and left the tree; files first, then folders from within.
        var leftovers: [Entry] = []
        var strangers: [Entry] = []
        /// The claims of other resources below the directory.
        var region: ClaimedRegion
    }

    /// One entry of a directory.
    struct Entry: Sendable {
        var path: AbsolutePath
        var kind: FileStatus.Kind
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let status = try host.status(of: path) else { return nil }
        guard try status.isOurs(.directory, at: path, replace: replace) else { return nil }
        let region = try claims.region(below: path, on: host)
        var observed = Observed(directory: Directory(), region: region)
        observed.directory.path = path
        observed.directory.mode = FileMode(status.permissions)
        try status.readOwners(owner, group, into: &observed.directory.owner, &observed.directory.group, on: host)
        if let tree = laidTree { try tree.observe(below: path, owners: (owner, group), on: host, into: &observed) }
        if former != nil { observed.leftovers = try leftovers(beside: region, on: host) }
        if purge == .enforce { observed.strangers = try Strangers(of: self, beside: region, on: host).removable }
        return observed
    }

    /// The tree without what is ignored.
    var laidTree: FileTree? {
        let ignored = ignoredPatterns
        return ignored.isEmpty
            ? recurse : recurse.map { $0.filtered { path in !ignored.contains { $0.matches(path) } } }
    }

    var ignoredPatterns: [Glob] { (ignore ?? []).map { Glob($0) } }

    public func changes(from observed: Observed?) -> [Change] {
        let tree = laidTree
        var changes = Self.propertyChanges(from: observed?.directory, to: self, replacing: ["recurse": nil])
        if let tree { changes += tree.changes(below: path, from: observed?.directory.recurse) }
        if let misowned = observed?.misowned, !misowned.isEmpty {
            changes.append(
                Change(
                    "recurse", from: .text("\(misowned.count) entries belong to others"),
                    to: .text([owner, group].compactMap { $0.map { "\($0)" } }.joined(separator: ":"))))
        }
        changes += (observed?.leftovers ?? []).map { Change("recurse", from: .text(relative($0.path)), to: nil) }
        changes += (observed?.strangers ?? []).map { Change("purge", from: .text($0.path.text), to: nil) }
        return changes
    }

    private func relative(_ entry: AbsolutePath) -> String { String(entry.text.dropFirst(path.text.count + 1)) }

    /// Remarks on what `purge: report` found and `purge: enforce` must leave.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard let purge, try host.status(of: path)?.kind == .directory else { return [] }
        let region = try claims.region(below: path, on: host)
        let strangers = try Strangers(of: self, beside: region, on: host)
        return (purge == .report ? strangers.removable.map { "\($0.path) is not declared" } : [])
            + strangers.mounted.map { "\($0.path) is not declared and stays: something is mounted there" }
            + strangers.unnamed.map { "\($0) is not declared and stays: its name is not UTF-8" }
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        let attributes = Attributes(owner: owner, group: group, mode: mode)
        var steps: [Step] = []
        let differences = differences(from: observed)
        if observed == nil {
            steps.append(
                .makeDirectory(
                    DirectoryCreation(
                        path, attributes: attributes, replaced: replace == true ? .anything : .nothing)))
        } else if [\.owner, \.group, \.mode].contains(where: { differences.contains($0) }) {
            steps.append(.setAttributes(AttributeChange(path, kind: .directory, attributes: attributes)))
        }
        if let tree = laidTree { steps += tree.steps(below: path, owners: (owner, group), from: observed) }
        steps += (observed?.leftovers ?? []).map { .remove(Removal($0.path, kind: $0.kind)) }
        steps += (observed?.strangers ?? []).map {
            .remove(Removal($0.path, kind: $0.kind, isRecursive: $0.kind == .directory, isStranger: true))
        }
        return steps
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        let laid = recurse.map { $0.removals(below: path, sparing: observed.region) } ?? []
        return laid + [.remove(Removal(path, kind: .directory))]
    }
}
