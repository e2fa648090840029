/// A path below a root, reached component by component: links on the way lead on within the root, and an absolute one begins
/// again at it. The last component is never followed.
struct LinkedPath: Sequence, IteratorProtocol {
    /// One place on the way.
    struct Place {
        /// In the file system of this process.
        var path: String
        var isLast: Bool
        /// Where a link that is followed leads; nil for anything else.
        var target: String?
    }

    static let greatestLinkCount = 40

    private let root: String
    private var waiting: [Substring]
    private var reached: [Substring] = []
    /// More than the greatest count: a circle, at which the walk ends.
    private(set) var linkCount = 0

    /// - Parameter root: `/`, or a directory.
    init(_ path: String, below root: String) {
        self.root = root == "/" ? "" : root
        waiting = path.split(separator: "/").reversed()
    }

    mutating func next() -> Place? {
        while let part = waiting.popLast(), linkCount <= Self.greatestLinkCount {
            if part == "." { continue }
            if part == ".." {
                _ = reached.popLast()
                continue
            }
            let path = root + "/" + (reached + [part]).joined(separator: "/"), isLast = waiting.isEmpty
            let target = isLast ? nil : LocalFiles.linkTarget(path)
            if let target {
                linkCount += 1
                if target.hasPrefix("/") { reached = [] }
                waiting += target.split(separator: "/").reversed()
            } else {
                reached.append(part)
            }
            return Place(path: path, isLast: isLast, target: target)
        }
        return nil
    }
}
