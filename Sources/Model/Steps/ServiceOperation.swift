public struct ServiceOperation: Sendable, Hashable {
    public enum Action: String, Sendable {
        case start, stop, restart, reload
        /// Has the unit files and links read again, where some changed and systemd runs.
        case readUnits = "daemon-reload"
    }

    public var action: Action
    /// The unit with its suffix, such as `nginx.service`.
    public var unit: String

    public init(_ action: Action, _ unit: String) {
        self.action = action
        self.unit = unit
    }
}
