/// The head of a commit: which tree it has, and what it comes from.
public struct GitCommit: Sendable, Hashable {
    public var tree: GitID
    public var parents: [GitID] = []

    /// Parses the bytes of a commit object: `tree`, then each `parent`, then `author` and `committer`.
    public init(parsing bytes: [UInt8]) throws(GitFault) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2000, omittingEmptySubsequences: false)[...]
        func value(_ name: String) -> ArraySlice<UInt8>? {
            guard let line = lines.first, line.starts(with: Array("\(name) ".utf8)) else { return nil }
            lines.removeFirst()
            return line.dropFirst(name.utf8.count + 1)
        }
        func id(_ name: String) throws(GitFault) -> GitID? {
            guard let text = value(name) else { return nil }
            guard let id = GitID(String(decoding: text, as: UTF8.self)) else {
                throw GitFault(.refused, "a commit of which `\(name)` is no object name")
            }
            return id
        }
        guard let tree = try id("tree") else { throw GitFault(.refused, "a commit without a tree") }
        self.tree = tree
        while let parent = try id("parent") { parents.append(parent) }
        guard value("author") != nil, value("committer") != nil else {
            throw GitFault(.refused, "a commit without author and committer")
        }
    }
}
