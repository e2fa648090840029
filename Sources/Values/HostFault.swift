/// Why the host did not do what was asked: operation, object and reason.
public struct HostFault: Error, Sendable, Hashable, CustomStringConvertible {
    public var operation: String
    public var object: String
    /// Such as `EROFS (read-only file system)`, or what was refused and why.
    public var reason: String
    public var kind: Kind

    /// What a caller may act on.
    public enum Kind: Sendable, Hashable {
        case other
        /// What the operation needs is not there, and may come with something else.
        case missing
        /// A source does not have it any more: newer lists may know where it is.
        case gone
        /// Where nothing may be written, the kernel lets nobody ask.
        case isolation
        /// What was tried does not answer as it must.
        case disproof
    }

    public init(_ operation: String, _ object: String, _ reason: String, kind: Kind = .other) {
        self.operation = operation
        self.object = object
        self.reason = reason
        self.kind = kind
    }

    /// Nothing is there: the fault of ENOENT (errno(3)).
    public static func absent(_ operation: String, _ object: String, kind: Kind = .other) -> HostFault {
        HostFault(operation, object, "ENOENT (no such file or directory)", kind: kind)
    }

    public var text: String { "cannot \(operation) \(object): \(reason)" }
    /// The text again, so that an untyped error prints in words instead of Swift's notation.
    public var description: String { text }
}
