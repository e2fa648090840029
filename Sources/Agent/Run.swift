/// The identity of one run: no two runs ever have the same key.
public struct RunKey: Sendable, Hashable {
    public var job: String
    /// The nominal instant in milliseconds since 1970; for runs without a tick the instant of their claim.
    public var tick: Int64
    /// 1 for the first attempt.
    public var attempt: Int

    public init(job: String, tick: Int64, attempt: Int = 1) {
        self.job = job
        self.tick = tick
        self.attempt = attempt
    }

    /// The text that names the run: `RUN_ID` of its process and the name of its cgroup.
    public var id: String { "\(job).\(tick).\(attempt)" }

    /// Reads what `id` made; nil for anything else.
    public init?(id: String) {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 3, let attempt = Int(parts[parts.count - 1]), let tick = Int64(parts[parts.count - 2]),
            attempt > 0
        else { return nil }
        self.init(job: parts.dropLast(2).joined(separator: "."), tick: tick, attempt: attempt)
    }
}

/// Why there is a run.
public enum Cause: String, Sendable {
    case tick, boot, after, retry, manual
    case catchUp = "catch_up"
}

/// One run that has not ended.
public struct Run: Sendable, Hashable {
    public var key: RunKey
    public var cause: Cause
    /// When it is to start, in milliseconds since 1970.
    public var due: Int64

    public init(key: RunKey, cause: Cause, due: Int64) {
        self.key = key
        self.cause = cause
        self.due = due
    }
}

/// How a run came to its end.
public enum RunResult: String, Sendable, CaseIterable {
    case succeeded, failed
    case timedOut = "timed_out"
    /// Another run of the job took its place.
    case replaced
    /// The process could not be started.
    case notStarted = "not_started"
    /// Claimed and not run, because an earlier run was still running or waiting.
    case skipped
    /// Claimed before a crash, after which it is unknown whether the process ran.
    case ambiguous
    /// The process ran, and its exit status was lost with the keeper.
    case lost
    /// The machine went down during the run.
    case interrupted

    /// Whether another attempt may help.
    var isFailure: Bool {
        switch self {
        case .failed, .timedOut, .notStarted: true
        case .succeeded, .replaced, .skipped, .ambiguous, .lost, .interrupted: false
        }
    }
}

/// The end of a run, with what is kept of its output.
public struct RunEnd: Sendable, Hashable {
    public var result: RunResult
    /// Milliseconds since 1970; nil for what never started.
    public var started: Int64?
    public var ended: Int64
    public var exitStatus: Int?
    public var signal: Int?
    /// Why the run did not succeed, in words.
    public var reason: String?
    /// The first and the last bytes of the output, and how many there were.
    public var head: [UInt8]
    public var tail: [UInt8]
    public var outputByteCount: Int

    public init(
        _ result: RunResult, started: Int64? = nil, ended: Int64, exitStatus: Int? = nil, signal: Int? = nil,
        reason: String? = nil, head: [UInt8] = [], tail: [UInt8] = [], outputByteCount: Int = 0
    ) {
        self.result = result
        self.started = started
        self.ended = ended
        self.exitStatus = exitStatus
        self.signal = signal
        self.reason = reason
        self.head = head
        self.tail = tail
        self.outputByteCount = outputByteCount
    }

    /// The same end without what was printed; how much it was stays.
    var withoutOutput: RunEnd {
        var end = self
        (end.head, end.tail) = ([], [])
        return end
    }
}
