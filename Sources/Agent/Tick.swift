/// One tick of a schedule, in milliseconds since 1970.
public struct Tick: Sendable, Hashable {
    /// The instant that the expression names; it identifies the tick.
    public var nominal: Int64
    /// When this host runs it: the nominal instant and the host's offset, before the next nominal instant.
    public var fire: Int64

    public init(nominal: Int64, fire: Int64) {
        self.nominal = nominal
        self.fire = fire
    }
}

/// The ticks of a schedule on this host, ascending in both of their instants.
public protocol TickSource: Sendable {
    /// The first tick with a later nominal instant; nil after the last tick.
    func tick(after nominal: Int64) -> Tick?
    /// The last tick with an earlier nominal instant.
    func tick(before nominal: Int64) -> Tick?
    /// The number of ticks from one nominal instant to another, both included.
    func count(from first: Int64, through last: Int64) -> Int
}

extension TickSource {
    /// The last tick that fires at an instant or before it.
    func latest(firedBy wall: Int64) -> Tick? {
        guard let candidate = tick(before: wall &+ 1) else { return nil }
        return candidate.fire <= wall ? candidate : tick(before: candidate.nominal)
    }

    /// The first tick that fires later than an instant. Its nominal instant may be earlier.
    func first(firingAfter wall: Int64) -> Tick? {
        guard let latest = latest(firedBy: wall) else { return tick(after: wall &- Self.longestPeriod) }
        return tick(after: latest.nominal)
    }

    /// Where nothing fired before an instant, the first tick is looked for from here on, in milliseconds.
    private static var longestPeriod: Int64 { 400 * 86_400_000 }
}
