public import Agent
import SystemCalls

/// The clocks of the machine.
public enum RealClock {
    public static var now: Moment { Moment(wall: SystemClock.milliseconds, boot: SystemClock.bootMilliseconds) }
}
