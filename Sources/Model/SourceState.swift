/// How it stands with a source that is somewhere else.
public enum SourceState: String, Sendable, Hashable, CaseIterable {
    /// Nobody has asked yet.
    case unknown
    /// The newest commit is the one that counts.
    case current
    /// The newest commit counts, and its stage has not come for this host.
    case pending
    /// The newest commit is not taken.
    case refused
    /// The remote side does not answer.
    case unreachable
    /// No commit was made for longer than somebody is to believe.
    case stale
}
