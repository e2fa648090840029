/// Why the host did not do what was asked: operation, object and reason.
public struct HostFault: Error, Sendable, Hashable {
    public var operation: String
    public var object: String
    /// Such as `EROFS (read-only file system)`, or what was refused and why.
    public var reason: String

    public init(_ operation: String, _ object: String, _ reason: String) {
        self.operation = operation
        self.object = object
        self.reason = reason
    }

    public var text: String { "cannot \(operation) \(object): \(reason)" }
}
