/// Reads the facts of one host, each only when it is asked for.
public protocol FactSource: AnyObject, Sendable {
    /// The names at the top, such as `os`.
    var names: [String] { get }
    /// One fact; nil when the host has none of the name.
    func fact(_ name: String) throws(HostFault) -> Datum?
}

/// Where the id of a host comes from.
public protocol HostIdentifying: Sendable {
    func hostIdentifier() throws(HostFault) -> String
}
