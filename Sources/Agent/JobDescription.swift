/// When a job runs.
public enum Recurrence: Sendable {
    case ticks(any TickSource)
    /// Once for each boot id.
    case boot
    /// So many milliseconds of the boot-time clock after the end of the run before.
    case after(Int64)
}

/// What happens to ticks that nobody was there to run.
public enum CatchUp: Sendable, Hashable {
    case skip, once
    /// At most so many, the latest.
    case all(Int)
}

/// What happens to a tick while a run of the same job goes on.
public enum Overlap: Sendable, Hashable {
    case skip, queue, replace
    /// So many runs at once.
    case allow(Int)
}

/// Another attempt after a failure, within the period.
public struct Retry: Sendable, Hashable {
    /// How many attempts follow the first.
    public var count: Int
    /// Milliseconds between the end of an attempt and the next; doubled each time.
    public var backoff: Int64

    public init(count: Int, backoff: Int64) {
        self.count = count
        self.backoff = backoff
    }
}

/// What is done about a claim of which nobody knows whether it ran.
public enum AmbiguityPolicy: Sendable {
    case skip, rerun
}

/// What the scheduler knows of a job; how its process is made is not its business.
public struct JobDescription: Sendable {
    public var name: String
    public var recurrence: Recurrence
    /// The canonical text of expression, zone and spread: another text is another schedule.
    public var timing: String
    /// The usual distance of two ticks in milliseconds; 0 where there is none.
    public var period: Int64
    /// The host's share of a window, as a 64-bit fraction, for catch-ups.
    public var share: UInt64
    public var catchUp = CatchUp.skip
    public var overlap = Overlap.skip
    public var retry: Retry?
    /// Jobs of one group run one after the other.
    public var group: String?
    public var onAmbiguity = AmbiguityPolicy.skip

    public init(name: String, recurrence: Recurrence, timing: String, period: Int64 = 0, share: UInt64 = 0) {
        self.name = name
        self.recurrence = recurrence
        self.timing = timing
        self.period = period
        self.share = share
    }

    /// The host's part of a span: a full-width multiplication, no modulo.
    func share(of span: Int64) -> Int64 { Int64(share.multipliedFullWidth(by: UInt64(max(0, span))).high) }
}
