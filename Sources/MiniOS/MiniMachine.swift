import SystemCalls
public import Values

/// The machine that the mini OS runs on: its clock and its end.
public enum MiniMachine {
    /// Sets a clock that shows an earlier time than can be, to the earliest that can be; whatever fails there leaves it as it is.
    public static func mendClock(notBefore seconds: Int64) {
        if SystemClock.seconds < seconds { try? Busybox.run(["date", "-s", "@\(seconds)"]) }
    }

    /// Ends as the settings say; returns where the machine is to stay.
    public static func end(_ successor: MiniSettings.Successor) throws(HostFault) {
        switch successor {
        case .hold: return
        case .poweroff: try Busybox.run(["poweroff", "-f"])
        case .reboot: try Busybox.run(["reboot", "-f"])
        }
        // The kernel needs a moment.
        SystemClock.sleep(milliseconds: 60_000)
    }
}
