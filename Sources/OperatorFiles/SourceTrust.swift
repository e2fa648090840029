public import Git
public import Model
public import Signatures
import SystemCalls

/// Whose commits count, and what time it is: never a time before the program was made, since clocks of fresh machines say 1970.
public struct SourceTrust: Sendable {
    public var policy: TrustPolicy
    /// Seconds since 1970.
    public var now: Int64

    public init(_ policy: TrustPolicy, notBefore earliest: Int64) {
        self.policy = policy
        now = max(SystemClock.seconds, earliest)
    }
}

/// What was found about a commit.
public struct SourceInspection {
    private let candidate: GitCandidate
    /// Of the tag where there is one, and of the commit.
    public let verdicts: [Verdict]

    public var commit: String { candidate.commit }
    public var subject: String { candidate.subject }
    /// Who has signed it: the tag, where it was found by one.
    public var signer: String? { isTrusted ? verdicts.first?.signer : nil }
    public var isTrusted: Bool { !verdicts.isEmpty && verdicts.allSatisfy(\.isTrusted) }

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
}

extension SiteSource {
    /// What is to be said of the commit of a source; nothing of its tree is read.
    ///
    /// - Throws: for a directory too: nobody signs one.
    public func inspection(_ access: SourceAccess) throws(SourceFault) -> SourceInspection {
        switch settled {
        case .directory(let path): throw Self.unsigned(path)
        case .commit(let source): SourceInspection(try GitCandidate(source), by: access.trust)
        case .remote(let source): SourceInspection(try access.candidate(source), by: access.trust)
        }
    }
}
