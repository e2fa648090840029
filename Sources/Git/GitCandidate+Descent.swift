public import Model

extension GitCandidate {
    private static let greatestWay = 1_000_000

    /// Whether the commit is one that comes from another, or that itself. Parents are read and hashed here.
    public func descends(from commit: String) throws(SourceFault) -> Bool {
        guard let wanted = GitID(commit) else { return false }
        var seen: Set<GitID> = [head.id], next = [head.id], index = 0
        while index < next.count {
            let id = next[index]
            if id == wanted { return true }
            index += 1
            guard index < Self.greatestWay else { break }
            do throws(GitFault) {
                for parent in try objects.commit(id).parents where seen.insert(parent).inserted { next.append(parent) }
            } catch {
                // A clone without its history ends somewhere.
                if error.kind != .missing { throw SourceFault(error) }
            }
        }
        return false
    }
}
