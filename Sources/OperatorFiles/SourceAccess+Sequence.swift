import Bundles
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

    /// - Throws: for one that is older than what was begun before.
    func checkSequence(of inspection: BundleInspection) throws(SourceFault) {
        if let list = inspection.list { try checkSequence(ofBundleOf: list.commit, made: list.created) }
    }

    private func checkSequence(ofBundleOf commit: String, made: Int64) throws(SourceFault) {
        guard let objection = try record()?.objection(toBundleOf: commit, made: made) else { return }
        throw SourceFault(
            .untrusted, "expected a bundle that is not older than what was begun, found one: \(objection)",
            hint: "`lodestar source accept \(commit)` takes it all the same")
    }
}
