import Git
public import Model

extension SourceAccess {
    /// Asks whether a site may follow what was begun on the root by now, as `opened` has asked.
    ///
    /// - Parameters:
    ///   - source: as `opened` has given it.
    ///   - made: the committer's date, in seconds since 1970; nil where nobody knows it.
    /// - Throws: for one that may not.
    public func checkSequence(of source: SiteSource, made: Int64?) throws(SourceFault) {
        guard let begun = try record()?.begun, let commit = source.commit, begun.commit != commit else { return }
        switch source {
        case .directory: return
        case .commit(let source):
            if trust != nil { try checkDescent(of: try judgement(of: try GitCandidate(source))) }
        case .remote(let source): try checkDescent(of: try judgement(of: try earlier(commit, of: source)))
        case .bundle: try checkSequence(ofBundleOf: commit, made: made ?? 0)
        }
    }
}
