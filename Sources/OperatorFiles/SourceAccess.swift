import Fetching
import Git
public import Model
import SystemCalls

/// Why a source is not read as it is now, but as it was when it was last trusted; or what else is to be said of it.
public struct Setback: Sendable {
    /// For people.
    public var remark: String
    /// What matters most of it.
    public enum Kind: Sendable, Hashable {
        /// The newest commit is not taken.
        case refusal
        /// The remote side does not answer, or has nothing new for too long; or nothing can be remembered.
        case warning
        /// The newest commit counts, and its stage has not come.
        case pending
    }

    public var kind: Kind
    /// The commit that waits; nil for none.
    public var pending: PendingCommit?

    init(remark: String, kind: Kind) { (self.remark, self.kind) = (remark, kind) }
}

/// How a source is opened: who counts, and where it is remembered what was followed.
public struct SourceAccess: Sendable {
    public var trust: SourceTrust?
    /// Whether somebody said that no signature is asked.
    public var isWaived = false
    /// Whether the last commit that was trusted is no answer where the remote side gives none.
    public var isFreshOnly = false
    /// Whether the last commit that was trusted goes on where the newest one is not taken.
    public var goesOn = false
    /// Whether a bundle is kept that was not kept before; it is where it is followed or applied.
    public var keepsBundles = true
    /// Whether a remote side that does not answer is left alone for a while.
    public var isPatient = false
    /// For how many seconds after it was made the newest commit is believed to be that; nil for ever.
    public var longestAge: Int64?
    /// For how many seconds a site lets other hosts go first, as its stages say; nil where it cannot be read.
    public var soak: (@Sendable (any SiteReader) -> Int64?)?
    /// A file of certificates that servers are believed by, instead of the system's.
    public var authority: String?
    /// The words of the program that fetches from the web.
    public var fetchProgram = Fetch.ownProgram
    /// The folder of a root's state; nil where nothing is remembered.
    public var state: String?

    public init(trust: SourceTrust? = nil) { self.trust = trust }

    /// Who counts now, which is not before what was trusted earlier.
    func presentTrust() throws(SourceFault) -> SourceTrust? { trust?.notBefore(try history()?.earliest ?? 0) }

    /// What is to be said of a commit now.
    func judgement(of candidate: GitCandidate) throws(SourceFault) -> SourceInspection {
        SourceInspection(candidate, by: try presentTrust())
    }

    /// Finds a commit from elsewhere.
    func candidate(_ source: CommitSource) throws(SourceFault) -> GitCandidate {
        guard trust != nil || isWaived else {
            throw SourceFault(
                .untrusted, "expected --signers or --key for a site from elsewhere, found neither",
                hint: "--trust none follows whoever can write there")
        }
        if let mirror = try mirror(of: source) { return try mirror.candidate(source) }
        return try localCandidate(source)
    }

    /// A commit of a repository of the host (`file://`), which is read in its place.
    func localCandidate(_ source: CommitSource, at commit: String? = nil) throws(SourceFault) -> GitCandidate {
        var source = source
        source.directory = String(source.directory.dropFirst("file://".count))
        source.revision = commit ?? source.revision
        return try GitCandidate(source)
    }

    /// nil for a repository of the host (`file://`), which is read in its place.
    func mirror(of source: CommitSource) throws(SourceFault) -> GitMirror? {
        if BundleSource.isName(source.directory) {
            throw SourceFault(.usage, BundleSource.elsewhere.reason, hint: BundleSource.elsewhere.hint)
        }
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

    func record() throws(SourceFault) -> SourceRecord? {
        guard let state else { return nil }
        do throws(HostFault) { return try SourceRecord(in: state) } catch { throw SourceFault(error) }
    }

    func history() throws(SourceFault) -> SourceHistory? {
        guard let state else { return nil }
        do throws(HostFault) { return try SourceHistory(in: state) } catch { throw SourceFault(error) }
    }
}
