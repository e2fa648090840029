import Git
import Model
import SystemCalls

/// Commits from elsewhere: the newest one, or the last one that was taken where there is a reason to go on with it.
extension SourceAccess {
    typealias Opened = (inspection: SourceInspection, site: GitSite, setback: Setback?)

    /// Opens the commit from elsewhere whose turn it is on this host.
    func opened(_ source: CommitSource) throws(SourceFault) -> Opened {
        let opened = try staged(try newest(source), of: source)
        let pending = opened.setback?.pending, current = TakenCommit(opened.inspection, at: SystemClock.seconds)
        let known = try history()?[.remote(source)]
        if known?.pending == pending, known?.current?.commit == current.commit { return opened }
        let problem = remember(source) { status, _ in (status.pending, status.current) = (pending, current) }
        return (opened.inspection, opened.site, opened.setback ?? problem)
    }

    /// The newest commit, or the last one that was taken where there is a reason to.
    private func newest(_ source: CommitSource) throws(SourceFault) -> Opened {
        let status = try history()?[.remote(source)] ?? SourceStatus()
        if let fault = patience(with: status) { return try goingOn(with: status, of: source, because: fault) }
        var found: SourceInspection?
        do throws(SourceFault) {
            let (inspection, site) = try judged(source, &found)
            var setback = remember(source, taking: inspection) { $0.takes(TakenCommit(inspection, at: $1)) }
            if let age = try staleness(made: inspection.made) {
                if isFreshOnly { throw SourceFault(.unreachable, age) }
                setback = Setback(remark: "\(source.text): \(age)", kind: .warning)
            }
            return (inspection, site, setback)
        } catch {
            guard error.kind != .usage, error.kind != .failed, trust != nil || isWaived else { throw error }
            let isUnreachable = error.kind == .unreachable
            if !(isUnreachable && found != nil) {
                _ = remember(source) { status, time in
                    status.hears(isUnreachable ? .unreachable : .refused, at: time)
                    (status.reason, status.candidate, status.candidateKey) = (error.reason, found?.commit, found?.key)
                }
            }
            guard isUnreachable ? !isFreshOnly : goesOn else { throw error }
            return try goingOn(with: status, of: source, because: error)
        }
    }

    /// Why a remote side is not asked now; nil where it is.
    func patience(with status: SourceStatus) -> SourceFault? {
        guard isPatient, status.taken != nil, status.isToBeLeftAlone(at: SystemClock.seconds) else { return nil }
        let next = status.next.flatMap { Timestamp(seconds: $0) }?.text ?? ""
        return SourceFault(.unreachable, "\(status.reason ?? "it does not answer") (it is asked again at \(next))")
    }

    /// The last commit that was taken, judged again.
    private func goingOn(
        with status: SourceStatus, of source: CommitSource, because fault: SourceFault
    ) throws(SourceFault) -> Opened {
        guard let last = status.taken, try mirror(of: source) != nil else { throw fault }
        let inspection = try judgement(of: try earlier(last.commit, of: source))
        try checkDescent(of: inspection)
        let site = try inspection.site()
        do throws(SiteFault) { try site.check() } catch { throw SourceFault(error) }
        let (day, _) = CivilDate.clock(at: last.time)
        var remark =
            "\(source.text): \(fault.reason); going on with \(last.commit.prefix(12)), the last commit that was trusted, on \(day)"
        if let age = try staleness(made: inspection.made) { remark += "; \(age)" }
        return (inspection, site, Setback(remark: remark, kind: fault.kind == .unreachable ? .warning : .refusal))
    }

    private func judged(
        _ source: CommitSource, _ found: inout SourceInspection?
    ) throws(SourceFault) -> (SourceInspection, GitSite) {
        let candidate = try candidate(source)
        do throws(SourceFault) {
            return try checked(candidate, &found)
        } catch {
            // A mirror that is damaged is made anew, and judged again.
            guard candidate.isDamaged, let mirror = try mirror(of: source) else { throw error }
            return try checked(try mirror.renewedCandidate(source), &found)
        }
    }

    /// Judges a commit, and reads all of it once.
    private func checked(
        _ candidate: GitCandidate, _ found: inout SourceInspection?
    ) throws(SourceFault) -> (SourceInspection, GitSite) {
        let inspection = try judgement(of: candidate)
        found = inspection
        try checkDescent(of: inspection)
        let site = try inspection.site()
        do throws(SiteFault) { try site.check() } catch { throw SourceFault(error) }
        return (inspection, site)
    }

    /// What is to be said of a newest commit that is old; nil where it is young enough.
    ///
    /// - Parameter made: the committer's date, in seconds since 1970; nil for one that cannot be read.
    func staleness(made: Int64?) throws(SourceFault) -> String? {
        guard let longestAge, let now = try presentTrust()?.now else { return nil }
        let made = made ?? 0
        guard now - made > longestAge else { return nil }
        let (day, _) = CivilDate.clock(at: made)
        return
            "the newest commit is of \(day), more than \(longestAge / 86_400) days ago: newer ones may be kept from this host"
    }

    /// Keeps what was found. Where it cannot be kept, such as on a full disk, the host goes on without.
    private func remember(
        _ source: CommitSource, taking inspection: SourceInspection? = nil,
        _ change: (inout SourceStatus, Int64) -> Void
    ) -> Setback? {
        // A commit by its digits is never another one.
        guard GitCommitName(source.revision) == nil else { return nil }
        return remember(.remote(source), provedBy: inspection?.made, change) { () throws(SourceFault) in
            if let inspection { try mirror(of: source)?.pin(inspection.commit, of: source) }
        }
    }

    /// Keeps what was found of any source.
    ///
    /// - Parameters:
    ///   - made: when something was made that is trusted, in seconds since 1970: it is not earlier now.
    ///   - more: what is to be kept besides.
    func remember(
        _ source: SiteSource, provedBy made: Int64?, _ change: (inout SourceStatus, Int64) -> Void,
        _ more: () throws(SourceFault) -> Void = {}
    ) -> Setback? {
        do throws(SourceFault) {
            guard var history = try history() else { return nil }
            let now = trust?.notBefore(history.earliest), proof = made.flatMap { now?.time(provedBy: $0) }
            do throws(HostFault) {
                try history.change(source, notBefore: proof ?? 0) { change(&$0, SystemClock.seconds) }
            } catch {
                throw SourceFault(error)
            }
            try more()
            return nil
        } catch {
            return Setback(remark: "what was found is not remembered: \(error.reason)", kind: .warning)
        }
    }
}

extension SourceStatus {
    mutating func takes(_ commit: TakenCommit) {
        hears(.taken, at: commit.time)
        success = commit.time
        taken = commit
    }
}

extension TakenCommit {
    fileprivate init(_ inspection: SourceInspection, at time: Int64) {
        self.init(
            commit: inspection.commit, subject: inspection.subject, signer: inspection.signer,
            key: inspection.isTrusted ? inspection.key : nil, made: inspection.made, time: time)
    }
}
