import Git
import Model
import SystemCalls

/// How a source is opened: who counts, and where it is remembered what was followed.
public struct SourceAccess: Sendable {
    public var trust: SourceTrust?
    /// Whether somebody said that no signature is asked.
    public var isWaived = false
    /// Whether the last commit that was trusted is no answer where the remote side gives none.
    public var isFreshOnly = false
    /// A file of certificates that servers are believed by, instead of the system's.
    public var authority: String?
    /// The folder of a root's state; nil where nothing is remembered.
    public var state: String?

    public init(trust: SourceTrust? = nil) { self.trust = trust }

    /// Opens a commit from elsewhere, or the last one that was trusted where the remote side does not answer.
    func opened(_ source: CommitSource) throws(SourceFault) -> (SourceInspection, GitSite, remark: String?) {
        var inspection: SourceInspection, remark: String?
        do throws(SourceFault) {
            inspection = SourceInspection(try candidate(source), by: trust)
        } catch {
            guard error.kind == .unreachable, !isFreshOnly, let last = try trusted()?[source],
                let mirror = try mirror(of: source)
            else { throw error }
            inspection = SourceInspection(try mirror.keptCandidate(last.commit, of: source), by: trust)
            let (day, _) = CivilDate.clock(at: last.time)
            remark =
                "\(source.directory) cannot be reached (\(error.reason)): "
                + "going on with \(last.commit.prefix(12)), the last commit that was trusted, on \(day)"
        }
        try checkDescent(of: inspection)
        var site = try inspection.site()
        do throws(SiteFault) {
            try site.check()
        } catch {
            guard remark == nil, let mirror = try mirror(of: source) else {
                throw SourceFault(.refused, "\(error.path): \(error.reason)")
            }
            // A mirror that is damaged is made anew, and judged again.
            inspection = SourceInspection(try mirror.renewedCandidate(source), by: trust)
            try checkDescent(of: inspection)
            site = try inspection.site()
        }
        if remark == nil { try remember(inspection.commit, of: source) }
        return (inspection, site, remark)
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
