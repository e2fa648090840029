/// Decides when reports that wait are sent: after each converge, and again after 1, 2, 4 ... 60 minutes where nobody took them.
public struct ReportDelivery: Sendable {
    /// Milliseconds.
    private static let firstWait: Int64 = 60_000, longestWait: Int64 = 3_600_000

    public private(set) var isRunning = false
    private var isWanted = false
    private var failureCount = 0
    /// On the boot-time clock: nobody is asked before, whatever comes.
    private var retry: Int64?

    public init() {}

    /// There is something to send.
    public mutating func want() { isWanted = true }

    /// Whether it is to be sent now; it counts as running until `ended`.
    public mutating func due(_ now: Moment) -> Bool {
        guard isWanted, !isRunning, retry.map({ now.boot >= $0 }) ?? true else { return false }
        (isWanted, isRunning) = (false, true)
        return true
    }

    /// What an earlier agent began goes on.
    public mutating func adopt() { isRunning = true }

    /// - Parameter isEmpty: whether nothing waits any more.
    public mutating func ended(_ now: Moment, isEmpty: Bool) {
        isRunning = false
        failureCount = isEmpty ? 0 : min(failureCount + 1, 7)
        retry = isEmpty ? nil : now.boot + min(Self.longestWait, Self.firstWait << (failureCount - 1))
        if !isEmpty { isWanted = true }
    }

    /// When to ask `due` again, on the real-time clock; nil: when something is wanted.
    public func nextWake(_ now: Moment) -> Int64? {
        guard isWanted, !isRunning else { return nil }
        return retry.map { now.wall(atBoot: max($0, now.boot)) } ?? now.wall
    }
}
