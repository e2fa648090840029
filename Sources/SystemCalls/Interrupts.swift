import CShim

/// SIGTERM, SIGINT and SIGHUP of this process: the first one asks, the second one ends.
public enum Interrupts {
    /// From here on an interrupt lets the run come to an orderly end.
    public static func watch() { _ = lodestar_interrupts_watch() }

    /// The signal that asked for the end; nil if no signal came.
    public static var signal: Int32? {
        let number = lodestar_interrupt()
        return number == 0 ? nil : number
    }

    /// The name, such as `SIGTERM`.
    public static func name(of signal: Int32) -> String {
        switch signal {
        case 1: "SIGHUP"
        case 2: "SIGINT"
        case 15: "SIGTERM"
        default: "signal \(signal)"
        }
    }
}
