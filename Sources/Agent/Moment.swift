/// One reading of both clocks, in milliseconds.
public struct Moment: Sendable, Hashable {
    /// The real-time clock, since 1970-01-01 00:00 UTC. Somebody may set it.
    public var wall: Int64
    /// The boot-time clock (clock_gettime(2)), since the machine started, suspended time included.
    public var boot: Int64

    public init(wall: Int64, boot: Int64) {
        self.wall = wall
        self.boot = boot
    }

    /// When the boot-time clock will have reached a value, on the real-time clock as it goes now.
    public func wall(atBoot time: Int64) -> Int64 { wall &+ (time &- boot) }
}
