public import Model

/// A commit that was taken, and who has signed it.
public struct TakenCommit: Sendable, Hashable {
    /// 40 digits.
    public var commit: String
    public var subject: String
    /// nil where no signature was asked.
    public var signer: String?
    /// The fingerprint.
    public var key: String?
    /// The committer's date; nil for a commit that is not as git writes it. All times are seconds since 1970.
    public var made: Int64?
    /// When it was taken last.
    public var time: Int64

    /// A subject may be as long as somebody likes, and all sources share one file.
    private static let subjectLimit = 1 << 10

    init(
        commit: String, subject: String, signer: String? = nil, key: String? = nil, made: Int64? = nil, time: Int64
    ) {
        (self.commit, self.subject) = (commit, subject.cut(toBytes: Self.subjectLimit))
        (self.signer, self.key, self.made, self.time) = (signer, key, made, time)
    }
}

/// A commit that counts, and whose stage has not come for this host.
public struct PendingCommit: Sendable, Hashable {
    /// 40 digits.
    public var commit: String
    /// When its stage comes, in seconds since 1970, unless another commit is there by then.
    public var until: Int64
}

/// What is known of a source: what it answered last, and what goes on.
public struct SourceStatus: Sendable, Hashable {
    /// What was last found.
    public enum Answer: String, Sendable, Hashable {
        case taken, refused, unreachable
    }

    public internal(set) var answer: Answer?
    /// When the answers of this kind began.
    public internal(set) var since: Int64?
    /// When it was asked last; when a commit was taken last.
    public internal(set) var attempt: Int64?
    public internal(set) var success: Int64?
    /// How often in a row it was of no use to ask.
    public internal(set) var failureCount = 0
    /// The commit that was read last: it goes on. The newest one, unless that waits for its stage.
    public internal(set) var current: TakenCommit?
    public internal(set) var pending: PendingCommit?
    /// When this host first knew of the commits that are on their way.
    var seen: [String: Int64] = [:]
    /// The last commit that counted.
    public internal(set) var taken: TakenCommit?
    /// The newest commit, where it is refused, and its key.
    public internal(set) var candidate: String?
    public internal(set) var candidateKey: String?
    /// Why the newest commit is not taken, or none was brought.
    public internal(set) var reason: String?

    public init() {}

    /// The longest wait before a remote side is asked again that does not answer; seconds.
    private static let longestWait: Int64 = 3600

    /// Before this there is no use in asking again; nil where it can be asked at any time.
    public var next: Int64? {
        guard answer == .unreachable, let attempt, failureCount > 0 else { return nil }
        return attempt + min(Self.longestWait, 60 << min(Int64(failureCount) - 1, 6))
    }

    /// Whether the remote side is to be left alone for now; a clock that was set back keeps nobody waiting.
    public func isToBeLeftAlone(at now: Int64) -> Bool {
        guard let next, let attempt else { return false }
        return (attempt...next).contains(now) && now != next
    }

    /// - Parameters:
    ///   - longest: for how many seconds a newest commit is believed; nil for ever.
    ///   - now: seconds since 1970.
    public func state(within longest: Int64?, at now: Int64) -> SourceState {
        switch answer {
        case nil: return .unknown
        case .refused: return .refused
        case .taken, .unreachable:
            if isStale(within: longest, at: now) { return .stale }
            if answer == .unreachable { return .unreachable }
            return pending == nil ? .current : .pending
        }
    }

    /// Whether the commit that goes on is older than somebody is to believe.
    public func isStale(within longest: Int64?, at now: Int64) -> Bool {
        guard let longest, let taken else { return false }
        return now - (taken.made ?? 0) > longest
    }

    mutating func hears(_ answer: Answer, at time: Int64) {
        if self.answer != answer { since = time }
        self.answer = answer
        attempt = time
        failureCount = answer == .taken ? 0 : failureCount + 1
        (candidate, candidateKey, reason) = (nil, nil, nil)
    }
}
