public import Values

/// What the operator of a host says about its primary address (ip-spec/1 I0).
public struct AddressPreferences: Sendable, Hashable {
    /// The primary address itself; it counts only when it is configured.
    public var address: IPAddress?
    /// The interface of the primary address.
    public var interface: String?
    /// Networks that are tried first, over all eligible addresses.
    public var preferred: [IPPrefix] = []
    /// Networks whose addresses never count.
    public var excluded: [IPPrefix] = []
    /// Names of interfaces that never count; a `*` at the end stands for any rest.
    public var excludedInterfaces: [String] = []
    public var family: IPAddress.Family = .ipv4
    /// The server whose route decides where there is no default route.
    public var server: IPAddress?

    public init() {}
}
