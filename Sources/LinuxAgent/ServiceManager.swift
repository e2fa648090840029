import CShim
import SystemCalls

/// Tells systemd how the agent is (sd_notify(3)), without its library.
struct ServiceManager {
    private let socket: String?
    /// How often the watchdog wants to hear, in milliseconds; nil for never. Half of WATCHDOG_USEC.
    let watchdog: Int64?

    init() {
        socket = ThisProcess.environment("NOTIFY_SOCKET")
        watchdog = ThisProcess.environment("WATCHDOG_USEC").flatMap { Int64($0) }.map { max(1000, $0 / 2000) }
    }

    func send(_ text: String) {
        if let socket { _ = lodestar_local_notify(socket, text) }
    }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }
    func reloading() { send("RELOADING=1\nMONOTONIC_USEC=\(SystemClock.monotonicNanoseconds / 1000)") }
    func stopping() { send("STOPPING=1") }
    func alive() { send("WATCHDOG=1") }
}
