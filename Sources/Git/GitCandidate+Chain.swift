public import Model
import Values

extension GitCandidate {
    /// The commit and those that it comes from by first parents, the newest first.
    ///
    /// - Parameters:
    ///   - commit: where the chain ends; this one is not in it. nil: at its beginning.
    ///   - count: the most commits of it.
    public func chain(after commit: String?, atMost count: Int) throws(SourceFault) -> [GitCandidate] {
        var chain: [GitCandidate] = [], next: GitID? = head.id
        while let id = next, "\(id)" != commit, chain.count < count {
            do throws(GitFault) {
                let head = try objects.head(id)
                chain.append(GitCandidate(head, ref: nil, folder: folder, from: objects))
                next = head.commit.parents.first
            } catch {
                // A clone without its history ends somewhere.
                if error.kind != .missing { throw SourceFault(error) }
                next = nil
            }
        }
        return chain
    }

    /// The values of the lines `NAME: VALUE` in the last paragraph of the message, where it is not the first one.
    public func trailers(_ name: String) -> [String] {
        var paragraphs: [[Substring]] = [[]]
        for line in head.message.textLines(omittingEmpty: false) {
            if !line.trimmed.isEmpty {
                paragraphs[paragraphs.count - 1].append(line)
            } else if paragraphs.last?.isEmpty == false {
                paragraphs.append([])
            }
        }
        if paragraphs.last?.isEmpty == true { paragraphs.removeLast() }
        guard paragraphs.count > 1, let last = paragraphs.last else { return [] }
        return last.compactMap { line in
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else {
                return nil
            }
            return String(line[line.index(after: colon)...]).trimmed
        }
    }
}
