public import Git
public import Model
public import Signatures

/// What was found about a commit or a bundle, before anything of its files is read.
public protocol SourceJudgement {
    /// By its 40 digits; nil where it cannot be believed yet.
    var knownCommit: String? { get }
    /// The first line of its message, for people.
    var subject: String { get }
    /// One for each signature that is asked; none where nobody was said to count.
    var verdicts: [Verdict] { get }
    /// What is true of it whoever has signed it, in words.
    var facts: [String] { get }
    /// What is true of files that could be read, in words.
    static var filesClaim: String { get }
    /// The site, which is read only now.
    ///
    /// - Throws: for what is not trusted too.
    func files() throws(SourceFault) -> any SiteReader
}

extension SourceJudgement {
    /// The fingerprint of the key that made the signature, of the first that is not taken where one is not.
    public var key: String? {
        let verdict = verdicts.first { !$0.isTrusted } ?? verdicts.first
        return verdict?.fingerprint.map { "\($0)" }
    }
    /// Who has signed it: the tag, where it was found by one.
    public var signer: String? { isTrusted ? verdicts.first?.signer : nil }
    public var isTrusted: Bool { !verdicts.isEmpty && verdicts.allSatisfy(\.isTrusted) }
}

/// What was found about a commit.
public struct SourceInspection: SourceJudgement {
    let candidate: GitCandidate
    /// Of the tag where there is one, and of the commit.
    public let verdicts: [Verdict]

    public var commit: String { candidate.commit }
    public var knownCommit: String? { commit }
    public var subject: String { candidate.subject }
    /// The committer's date, in seconds since 1970; nil for a commit that is not as git writes it.
    public var made: Int64? { candidate.time }
    public var facts: [String] { ["it has the bytes that its name says"] }
    public static let filesClaim = "each with the bytes that its name says; no links, no submodules"

    /// - Parameter trust: nil where nobody was said to count: then the commit is taken as it is.
    init(_ candidate: GitCandidate, by trust: SourceTrust?) {
        self.candidate = candidate
        verdicts = trust.map { candidate.verdicts(by: $0.policy, now: $0.now) } ?? []
    }

    /// Whether the commit comes from another one.
    func descends(from commit: String) throws(SourceFault) -> Bool { try candidate.descends(from: commit) }

    /// The site, which is read only now.
    ///
    /// - Throws: for a commit that is not trusted too.
    public func site() throws(SourceFault) -> GitSite {
        if let verdict = verdicts.first(where: { !$0.isTrusted }) {
            throw SourceFault(
                .untrusted, "expected a commit that is trusted, found \(commit): \(verdict.reason ?? "")",
                hint: "`lodestar source verify` says step by step what was found")
        }
        return try candidate.site(signedBy: signer)
    }

    public func files() throws(SourceFault) -> any SiteReader { try site() }
}

extension SiteSource {
    /// What is to be said of the commit of a source, or of a bundle; nothing of its files is read.
    ///
    /// - Throws: for a directory too: nobody signs one.
    public func inspection(_ access: SourceAccess) throws(SourceFault) -> any SourceJudgement {
        switch settled {
        case .directory(let path): throw Self.unsigned(path)
        case .commit(let source): try access.judgement(of: try GitCandidate(source))
        case .remote(let source): try access.judgement(of: try access.candidate(source))
        case .bundle(let source): try access.judgement(of: source)
        }
    }
}
