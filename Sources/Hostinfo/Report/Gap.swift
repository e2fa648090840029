/// A source that could not be read, or not in full.
public struct Gap: Sendable, Hashable {
    /// The path that could not be read, such as `/sys/firmware/dmi/tables/DMI`.
    public var source: String
    public var reason: String

    public init(_ source: String, _ reason: String) {
        self.source = source
        self.reason = reason
    }
}
