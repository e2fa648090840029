import Values

/// Why something was not read from a repository.
public struct GitFault: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable, Hashable {
        /// There is something that is never taken, such as a submodule.
        case refused
        /// The repository has not what it says: another clone may.
        case corrupt
        /// The object or the ref is not there.
        case missing
        /// The remote side did not give it.
        case unreachable
        /// The program could not be run, or something of the host is in the way.
        case failed
    }

    public var kind: Kind
    public var reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    init(_ fault: HostFault) { self.init(.failed, fault.text) }

    public var description: String { reason }
}
