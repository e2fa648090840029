import Values

/// All files and links of a commit, by relative path, in the order of their paths.
public struct GitSnapshot: Sendable {
    public struct Entry: Sendable, Hashable {
        public var path: String
        /// A file or a link.
        public var mode: GitMode
        public var id: GitID
    }

    public private(set) var entries: [Entry] = []
    /// The trees that were read, as far as memory allows.
    private var trees: [GitID: [GitTree.Entry]] = [:]

    private static let greatestCount = 500_000
    private static let rememberedCount = 10_000
    private static let greatestDepth = 128
    private static let greatestPath = 3_000

    /// Reads the trees of a commit. A tree that is in it in many places counts in each.
    public init(of commit: GitID, from objects: GitObjects) throws(GitFault) {
        try self.init(ofTree: try objects.commit(commit).tree, from: objects)
    }

    init(ofTree tree: GitID, from objects: GitObjects) throws(GitFault) {
        var count = 0
        try add(tree, below: "", depth: 0, &count, from: objects)
        trees = [:]
    }

    private mutating func add(
        _ tree: GitID, below folder: String, depth: Int, _ count: inout Int, from objects: GitObjects
    ) throws(GitFault) {
        let place = folder.isEmpty ? "" : " in `\(folder.printableLine(columns: 80))`"
        let entries: [GitTree.Entry]
        do throws(GitFault) {
            if let known = trees[tree] { entries = known } else { entries = try objects.tree(tree).entries }
            if trees.count < Self.rememberedCount { trees[tree] = entries }
        } catch {
            throw error.kind == .refused ? GitFault(.refused, "it has \(error.reason)\(place)") : error
        }
        for entry in entries {
            let path = folder.isEmpty ? entry.name : "\(folder)/\(entry.name)"
            count += 1
            guard count <= Self.greatestCount, depth < Self.greatestDepth, path.utf8.count <= Self.greatestPath else {
                throw GitFault(
                    .refused,
                    count > Self.greatestCount
                        ? "it has more than \(Self.greatestCount) entries" : "its folders are too deep\(place)")
            }
            if entry.mode == .directory {
                try add(entry.id, below: path, depth: depth + 1, &count, from: objects)
            } else {
                self.entries.append(Entry(path: path, mode: entry.mode, id: entry.id))
            }
        }
    }
}
