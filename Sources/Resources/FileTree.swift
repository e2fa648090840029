public import Model

/// The files that a directory lays: relative paths with their bytes. One tree is one value with one digest.
public struct FileTree: Sendable, Hashable, FieldValue {
    public struct Leaf: Sendable, Hashable {
        public var content: FileContent
        /// 0644, or 0755 where the source is executable; of what is there, what it has.
        public var permissions: Permissions

        init(content: FileContent, permissions: Permissions) {
            self.content = content
            self.permissions = permissions
        }

        init(content: FileContent, isExecutable: Bool) {
            self.init(content: content, permissions: Permissions(isExecutable ? 0o755 : 0o644))
        }

        var isExecutable: Bool { permissions.bits & 0o100 != 0 }
    }

    /// By relative path, sorted.
    public private(set) var leaves: [(path: String, leaf: Leaf)]

    public static func == (left: FileTree, right: FileTree) -> Bool {
        left.leaves.elementsEqual(right.leaves) { $0.path == $1.path && $0.leaf == $1.leaf }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(leaves.map(\.path)) }

    public static var shape: Shape { .text(pattern: nil) }
    public static var acceptsSecrets: Bool { true }

    /// Decodes what the compiler makes of a folder's name: relative paths with `content` and `executable`.
    public init(decoding node: Node) throws(DecodingFault) {
        guard case .map(let entries) = node.content else {
            throw DecodingFault(node, expected: "the name of a folder below files/")
        }
        var leaves: [(path: String, leaf: Leaf)] = []
        for entry in entries {
            guard let content = entry.value["content"], let executable = entry.value["executable"] else {
                throw DecodingFault(entry.value, expected: "content and executable")
            }
            leaves.append(
                (
                    entry.key,
                    Leaf(content: try FileContent(decoding: content), isExecutable: try Bool(decoding: executable))
                )
            )
        }
        self.leaves = leaves.sorted { $0.path < $1.path }
    }

    private init(_ leaves: [(path: String, leaf: Leaf)]) {
        self.leaves = leaves
    }

    public var rendered: Node.Content {
        .map(
            leaves.map { path, leaf in
                let members: [Node.Entry] = [
                    .init(key: "content", keyPlace: .nowhere, value: Node(leaf.content.rendered, at: .nowhere)),
                    .init(key: "executable", keyPlace: .nowhere, value: Node(.bool(leaf.isExecutable), at: .nowhere)),
                ]
                return .init(key: path, keyPlace: .nowhere, value: Node(.map(members), at: .nowhere))
            })
    }

    /// Paths and modes with digests instead of contents.
    public var recorded: Node.Content {
        .map(
            leaves.map { path, leaf in
                let digest = Node(.bytes((leaf.content.digest?.bytes ?? [])), at: .nowhere, isWithheld: true)
                let members: [Node.Entry] = [
                    .init(key: "content", keyPlace: .nowhere, value: digest),
                    .init(key: "executable", keyPlace: .nowhere, value: Node(.bool(leaf.isExecutable), at: .nowhere)),
                ]
                return .init(key: path, keyPlace: .nowhere, value: Node(.map(members), at: .nowhere))
            })
    }

    public var shown: ShownText {
        let summary = leaves.map { "\($0.path) \($0.leaf.permissions) \($0.leaf.content.digest?.hexadecimal ?? "")\n" }
            .joined()
        return .text("\(leaves.count) files, digest \(Digest(of: summary))")
    }

    func filtered(_ isKept: (String) -> Bool) -> FileTree { FileTree(leaves.filter { isKept($0.path) }) }

    /// The leaves of both; those of this one where both have one.
    func union(_ other: FileTree) -> FileTree {
        let own = Set(leaves.map(\.path))
        return FileTree((leaves + other.leaves.filter { !own.contains($0.path) }).sorted { $0.path < $1.path })
    }

    /// The files that are added, and those of which content or mode change.
    func changes(below root: AbsolutePath, from observed: FileTree?) -> [Change] {
        let present = Dictionary((observed?.leaves ?? []).map { ($0.path, $0.leaf) }, uniquingKeysWith: { $1 })
        var changes: [Change] = []
        for (path, leaf) in leaves {
            func add(_ change: (String) -> Change) {
                changes.append(change("recurse/\(path)"))
                changes[changes.count - 1].file = root.appending(path)
            }
            guard let old = present[path] else {
                let bytes = leaf.content, digest = bytes.digest
                let shown = bytes.isSecret ? nil : digest.map { ShownText.digest(byteCount: bytes.byteCount, $0) }
                add { Change($0, from: nil, to: shown ?? .secret) }
                continue
            }
            if old.content != leaf.content { add { Change($0, from: old.content, to: leaf.content) } }
            if old.permissions != leaf.permissions {
                add { Change($0, from: .text("\(old.permissions)"), to: .text("\(leaf.permissions)")) }
            }
        }
        return changes
    }

    /// The folders of the tree, the outermost first.
    var folders: [String] {
        var folders = Set<String>()
        for (path, _) in leaves {
            var parts = path.split(separator: "/").dropLast()
            while !parts.isEmpty {
                folders.insert(parts.joined(separator: "/"))
                parts = parts.dropLast()
            }
        }
        return folders.sorted()
    }

    /// - Parameter owners: who everything in the tree belongs to; nil is not looked at.
    func observe(
        below root: AbsolutePath, owners: (user: Owner?, group: Owner?), on host: some HostReading,
        into observed: inout Directory.Observed
    ) throws {
        func look(_ status: FileStatus, _ path: AbsolutePath) throws {
            var user: Owner?, group: Owner?
            try status.readOwners(owners.user, owners.group, into: &user, &group, on: host)
            if user != owners.user || group != owners.group {
                observed.misowned.append(Directory.Entry(path: path, kind: status.kind))
            }
        }
        for folder in folders {
            let path = root.appending(folder)
            guard let status = try host.status(of: path) else {
                observed.missingFolders.append(path)
                continue
            }
            try status.mustBe(.directory, at: path)
            try look(status, path)
        }
        var present: [(path: String, leaf: Leaf)] = []
        for (relative, leaf) in leaves {
            let path = root.appending(relative)
            guard let status = try host.status(of: path) else { continue }
            try status.mustBe(.file, at: path)
            try look(status, path)
            let content = try status.content(at: path, like: leaf.content, on: host)
            present.append((relative, Leaf(content: content, permissions: status.permissions)))
        }
        observed.directory.recurse = FileTree(present)
    }

    func steps(
        below root: AbsolutePath, owners: (user: Owner?, group: Owner?), from observed: Directory.Observed?
    ) -> [Step] {
        func attributes(_ permissions: Permissions?) -> Attributes {
            Attributes(owner: owners.user, group: owners.group, mode: permissions.map { FileMode($0) })
        }
        let missing = observed.map { Set($0.missingFolders) }
        let present = Dictionary(
            (observed?.directory.recurse?.leaves ?? []).map { ($0.path, $0.leaf) }, uniquingKeysWith: { $1 })
        // What belongs to others first: files below it are written with their directory's rights.
        var steps: [Step] = (observed?.misowned ?? []).map {
            .setAttributes(AttributeChange($0.path, kind: $0.kind, attributes: attributes(nil)))
        }
        steps += folders.map { root.appending($0) }.filter { missing?.contains($0) ?? true }.map {
            .makeDirectory(DirectoryCreation($0, attributes: attributes(Permissions(0o755))))
        }
        for (relative, leaf) in leaves where present[relative] != leaf {
            let replaced: Replaced = present[relative].map { .file($0.content.digest) } ?? .nothing
            steps.append(
                .writeFile(
                    FileWrite(
                        root.appending(relative), content: leaf.content,
                        attributes: attributes(leaf.permissions), replaced: replaced)))
        }
        return steps
    }

    /// Removes what was laid, files first, then the folders from within; but nothing that another declaration has.
    func removals(below root: AbsolutePath, sparing region: ClaimedRegion) -> [Step] {
        let files = leaves.map { root.appending($0.path) }.filter { !region.has($0) }
        let folders = folders.reversed().map { root.appending($0) }.filter {
            !region.has($0) && !region.reaches(below: $0)
        }
        return files.map { .remove(Removal($0, kind: .file)) } + folders.map { .remove(Removal($0, kind: .directory)) }
    }
}
