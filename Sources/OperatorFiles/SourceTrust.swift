public import Git
public import Model
public import Signatures
import SystemCalls

/// Whose commits count, and what time it is: never a time before the program was made, since clocks of fresh machines say 1970.
public struct SourceTrust: Sendable {
    public var policy: TrustPolicy
    /// Seconds since 1970.
    public var now: Int64

    /// Whether the clock shows a time that it can be.
    private let isClockPlausible: Bool

    private static let day: Int64 = 86_400

    public init(_ policy: TrustPolicy, notBefore earliest: Int64, clock: Int64? = nil) {
        let clock = clock ?? SystemClock.seconds
        self.policy = policy
        now = max(clock, earliest)
        isClockPlausible = clock >= earliest
    }

    /// The same at a time that is not before another one.
    func notBefore(_ earliest: Int64) -> SourceTrust {
        var trust = self
        trust.now = max(now, earliest)
        return trust
    }

    /// When it must be by now, where a commit is trusted that was made at some time. A committer whose clock is ahead does not
    /// take all hosts along: more than a day counts only where the host has no clock of its own.
    func time(provedBy made: Int64) -> Int64 { isClockPlausible ? min(made, now + Self.day) : made }
}

/// What was found about a commit.
public struct SourceInspection {
    let candidate: GitCandidate
    /// Of the tag where there is one, and of the commit.
    public let verdicts: [Verdict]

    public var commit: String { candidate.commit }
    public var subject: String { candidate.subject }
    /// The committer's date, in seconds since 1970; nil for a commit that is not as git writes it.
    public var made: Int64? { candidate.time }
    /// The fingerprint of the key that made the signature, of the first that is not taken where one is not.
    public var key: String? {
        let verdict = verdicts.first { !$0.isTrusted } ?? verdicts.first
        return verdict?.fingerprint.map { "\($0)" }
    }
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
        case .commit(let source): try access.judgement(of: try GitCandidate(source))
        case .remote(let source): try access.judgement(of: try access.candidate(source))
        }
    }
}
