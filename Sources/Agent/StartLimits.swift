/// How many runs a host starts at once and in a second: a bucket of starts that fills again.
public struct StartLimits: Sendable, Hashable {
    /// Runs at once.
    public var concurrentCount = 32
    /// Starts a second, in the long run.
    public var perSecond = 100
    /// Starts that may come at once after a pause.
    public var burst = 300

    public init() {}
}

struct StartBucket {
    let limits: StartLimits
    /// Thousandths of a start.
    private var level: Int64
    private var filled: Int64?

    init(_ limits: StartLimits) {
        self.limits = limits
        level = Int64(limits.burst) * 1000
    }

    /// Takes one start; false when no start is left.
    mutating func take(at boot: Int64) -> Bool {
        let passed = min(max(0, boot &- (filled ?? boot)), 3_600_000)
        filled = boot
        level = min(Int64(limits.burst) * 1000, level + passed * Int64(limits.perSecond))
        guard level >= 1000 else { return false }
        level -= 1000
        return true
    }

    /// Milliseconds until there is one.
    var wait: Int64 { max(1, (1000 - level) / Int64(max(1, limits.perSecond))) }
}
