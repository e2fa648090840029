/// Reads the facts of one host, each only when it is asked for.
public protocol FactSource: AnyObject, Sendable {
    /// The names at the top, such as `os`.
    var names: [String] { get }
    /// One fact; nil when the host has no fact of the name.
    func fact(_ name: String) throws(HostFault) -> Datum?
    /// The members that a fact should have and that could not be read; asked after the fact itself.
    func faults(of name: String) -> [FactFault]
}

/// Where the id of a host comes from.
public protocol HostIdentifying: Sendable {
    func hostIdentifier() throws(HostFault) -> String
}

/// A member of a fact that could not be read, while the others could.
public struct FactFault: Sendable, Hashable {
    public var member: String
    public var fault: HostFault

    public init(_ member: String, _ fault: HostFault) {
        self.member = member
        self.fault = fault
    }
}

extension FactSource {
    public func faults(of name: String) -> [FactFault] { [] }
}
