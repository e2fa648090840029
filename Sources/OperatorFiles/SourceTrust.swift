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

    /// When something was made at the latest; nil where the host has no clock that could tell.
    public var latest: Int64? { isClockPlausible ? now + Self.day : nil }
}
