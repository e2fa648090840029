import Git
import Model
import SystemCalls

/// Why a source is not read as it is now, but as it was when it was last trusted.
public struct Setback: Sendable {
    /// For people.
    public var remark: String
    /// Whether the newest commit is not trusted; otherwise the remote side does not answer.
    public var isRefusal: Bool
}

/// How a source is opened: who counts, and where it is remembered what was followed.
public struct SourceAccess: Sendable {
    public var trust: SourceTrust?
    /// Whether somebody said that no signature is asked.
    public var isWaived = false
    /// Whether the last commit that was trusted is no answer where the remote side gives none.
    public var isFreshOnly = false
    /// Whether the last commit that was trusted goes on where the newest one is not.
    public var goesOn = false
    /// A file of certificates that servers are believed by, instead of the system's.
    public var authority: String?
    /// The folder of a root's state; nil where nothing is remembered.
    public var state: String?

    public init(trust: SourceTrust? = nil) { self.trust = trust }

    /// Opens a commit from elsewhere, or the last one that was trusted where there is a reason to.
    func opened(_ source: CommitSource) throws(SourceFault) -> (SourceInspection, GitSite, setback: Setback?) {
        do throws(SourceFault) {
            let (inspection, site) = try judged(source)
            try remember(inspection.commit, of: source)
            return (inspection, site, nil)
        } catch {
            let isReason = error.kind == .unreachable ? !isFreshOnly : error.kind == .untrusted && goesOn
            guard isReason, let last = try trusted()?[source], let mirror = try mirror(of: source) else { throw error }
            let inspection = SourceInspection(try mirror.keptCandidate(last.commit, of: source), by: trust)
            try checkDescent(of: inspection)
            let site = try inspection.site()
            do throws(SiteFault) { try site.check() } catch {
                throw SourceFault(.refused, "\(error.path): \(error.reason)")
            }
            let (day, _) = CivilDate.clock(at: last.time)
            let remark =
                "\(source.text): \(error.reason); going on with \(last.commit.prefix(12)), the last commit that was trusted, on \(day)"
            return (inspection, site, Setback(remark: remark, isRefusal: error.kind == .untrusted))
        }
    }

    private func judged(_ source: CommitSource) throws(SourceFault) -> (SourceInspection, GitSite) {
        let inspection = SourceInspection(try candidate(source), by: trust)
        try checkDescent(of: inspection)
        let site = try inspection.site()
        do throws(SiteFault) {
            try site.check()
            return (inspection, site)
        } catch {
            guard let mirror = try mirror(of: source) else {
                throw SourceFault(.refused, "\(error.path): \(error.reason)")
            }
            // A mirror that is damaged is made anew, and judged again.
            let inspection = SourceInspection(try mirror.renewedCandidate(source), by: trust)
            try checkDescent(of: inspection)
            return (inspection, try inspection.site())
        }
    }

    /// Finds a commit from elsewhere.
    func candidate(_ source: CommitSource) throws(SourceFault) -> GitCandidate {
        guard trust != nil || isWaived else {
            throw SourceFault(
                .untrusted, "expected --signers or --key for a site from elsewhere, found neither",
                hint: "--trust none follows whoever can write there")
        }
        if let mirror = try mirror(of: source) { return try mirror.candidate(source) }
        var source = source
        source.directory = String(source.directory.dropFirst("file://".count))
        return try GitCandidate(source)
    }

    /// nil for a repository of the host (`file://`), which is read in its place.
    private func mirror(of source: CommitSource) throws(SourceFault) -> GitMirror? {
        guard let address = GitAddress(source.directory) else {
            let problem = GitAddress.problem(of: source.directory)
            throw SourceFault(.usage, "expected the address of a repository: \(problem ?? "it cannot be read")")
        }
        return address.directory == nil ? GitMirror(address, state: state, authority: authority) : nil
    }

    /// - Throws: for a commit that does not come from the one that was begun before.
    func checkDescent(of inspection: SourceInspection) throws(SourceFault) {
        // Why it is not trusted comes first.
        if trust != nil, !inspection.isTrusted { _ = try inspection.site() }
        guard let objection = try record()?.objection(to: inspection) else { return }
        throw SourceFault(
            .untrusted, "expected a commit that follows, found \(inspection.commit): \(objection)",
            hint: "a way back is a new commit (git revert), or `lodestar source accept \(inspection.commit)`")
    }

    private func record() throws(SourceFault) -> SourceRecord? {
        guard let state else { return nil }
        do throws(HostFault) { return try SourceRecord(in: state) } catch { throw SourceFault(.failed, error.text) }
    }

    private func trusted() throws(SourceFault) -> TrustedCommits? {
        guard let state else { return nil }
        do throws(HostFault) { return try TrustedCommits(in: state) } catch { throw SourceFault(.failed, error.text) }
    }

    private func remember(_ commit: String, of source: CommitSource) throws(SourceFault) {
        guard var trusted = try trusted() else { return }
        do throws(HostFault) {
            try trusted.keep(commit, of: source, at: SystemClock.seconds)
        } catch {
            throw SourceFault(.failed, error.text)
        }
    }
}
