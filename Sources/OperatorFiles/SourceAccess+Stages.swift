import Git
import Model
import SystemCalls

/// Stages: a host takes a commit after others had it for a while.
extension SourceAccess {
    private static let greatestChain = 1000

    /// The newest commit whose stage has come for this host, on the way from the one that was begun.
    ///
    /// - Parameter newest: the newest one, or the one that goes on in its place.
    func staged(_ newest: Opened, of source: CommitSource) throws(SourceFault) -> Opened {
        guard let soak, let record = try record(), GitCommitName(source.revision) == nil else { return newest }
        let begun = record.begun?.commit, candidate = newest.inspection.candidate
        if begun == newest.inspection.commit || record.accepted == newest.inspection.commit { return newest }
        // The stages of what is applied govern, so that a commit that breaks them is staged itself.
        var governing: Int64?
        if let begun, let site = try? earlier(begun, of: source).site() { governing = soak(site) }
        guard let seconds = governing ?? soak(newest.site), seconds > 0 else { return newest }
        let chain = try candidate.chain(after: begun, atMost: Self.greatestChain)
        let trust = try presentTrust(), now = trust?.now ?? SystemClock.seconds
        let seen = try seen(chain.map(\.commit), of: source, at: now)
        let staged = chain.map { one in
            let isTrusted = trust == nil || SourceInspection(one, by: trust).isTrusted
            return StagedCommit(one, isTrusted: isTrusted, seen: begun == nil ? 0 : seen[one.commit] ?? now)
        }
        guard let place = StagedCommit.choice(of: staged, after: seconds, at: now) else {
            // A host that has nothing yet takes what there is.
            guard let begun else { return newest }
            let due = staged[0].due(after: seconds)
            return try waiting(newest, with: try judgement(of: try earlier(begun, of: source)), until: due)
        }
        if place == 0 { return newest }
        let inspection = try judgement(of: chain[place])
        try checkDescent(of: inspection)
        return try waiting(newest, with: inspection, until: staged[0].due(after: seconds))
    }

    /// Another commit in the place of the newest one, whose stage has not come.
    private func waiting(
        _ newest: Opened, with inspection: SourceInspection, until due: Int64
    ) throws(SourceFault) -> Opened {
        let site = try inspection.site()
        do throws(SiteFault) { try site.check() } catch { throw SourceFault(error) }
        let time = Timestamp(seconds: due)?.text ?? "an unknown time"
        var setback = newest.setback ?? Setback(remark: "", kind: .pending)
        let remark =
            "\(newest.inspection.commit.prefix(12)) waits for its stage until \(time); \(inspection.commit.prefix(12)) goes on"
        setback.remark += setback.remark.isEmpty ? remark : "; \(remark)"
        setback.pending = PendingCommit(commit: newest.inspection.commit, until: due)
        return (inspection, site, setback)
    }

    /// A commit that was brought before.
    func earlier(_ commit: String, of source: CommitSource) throws(SourceFault) -> GitCandidate {
        if let mirror = try mirror(of: source) { return try mirror.keptCandidate(commit, of: source) }
        return try localCandidate(source, at: commit)
    }

    /// When this host first knew of commits; it is remembered.
    private func seen(_ commits: [String], of source: CommitSource, at now: Int64) throws(SourceFault) -> [String:
        Int64]
    {
        guard var history = try history() else { return [:] }
        let known = history[.remote(source)].seen
        if commits.allSatisfy({ known[$0] != nil }) { return known }
        do throws(HostFault) {
            try history.change(.remote(source)) { status in
                let old = status.seen
                status.seen = Dictionary(uniqueKeysWithValues: commits.map { ($0, old[$0] ?? now) })
            }
        } catch {
            // What cannot be remembered waits: it is looked at again.
            return known
        }
        return history[.remote(source)].seen
    }
}

extension StagedCommit {
    fileprivate init(_ candidate: GitCandidate, isTrusted: Bool, seen: Int64) {
        self.init(commit: candidate.commit, isTrusted: isTrusted, made: candidate.time ?? seen, seen: seen)
        isForAll = candidate.trailers("Lodestar-Stage").contains("all")
        voided = candidate.trailers("Lodestar-Void")
    }
}
