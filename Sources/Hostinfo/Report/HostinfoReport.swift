/// Who a host is: its serial and its addresses, with where they come from.
public struct HostinfoReport: Sendable {
    public var hostname: String
    /// The id that schedules and inventories know the host by, where it is pinned.
    public var hostID: String?
    /// What every source had, in the order of sn-spec/1.
    public var candidates: [SerialCandidate]
    /// The first valid candidate; nil without one.
    public var chosen: SerialCandidate?
    public var serial: IdentityComparison
    /// What is pinned, also where it is another machine's; nil without a pin.
    public var pin: PinnedIdentity?
    public var witnesses: Witnesses
    public var machine: Machine
    public var dictionaryVersion: String
    /// Which source the firmware's texts come from, and their version.
    public var firmware: Firmware?
    public var ip: AddressReport
    public var gaps: [Gap]
    /// Mistakes in the files of `/etc/hostinfo`, each with its place.
    public var errors: [String]

    /// Whether a serial or a primary address was found.
    public var hasIdentity: Bool { serial.value != nil || ip.primary != nil }
}
