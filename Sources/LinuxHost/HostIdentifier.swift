import Hostinfo
import LinuxHostinfo
public import Model

/// The id of a host: its serial by sn-spec/1, else the machine id of its root (machine-id(5)), else one made from its
/// name. An id that is pinned stays until `lodestar hostinfo accept`.
public struct HostIdentifier: HostIdentifying {
    let root: String
    /// Read once, whatever is asked.
    private let tree: HostTree

    public init(root: String) {
        self.root = root
        tree = HostTree(root: root)
    }

    public func hostIdentifier() throws(HostFault) -> String {
        let kept = firstLine(OwnPaths.hostID)
        let hasPin = tree.has(PinnedIdentity.path)
        if let kept, !hasPin || !isThisMachine { return kept }
        let report = serialReport()
        // An id of an earlier version is not the pinned serial, and stays. The id of another machine does not.
        if let kept, report == nil || kept != report?.pin?.value { return kept }
        if let serial = report?.serial.value ?? kept { return serial }
        return try identifierWithoutSerial()
    }

    /// The primary address as it is reported over time; nil for another root than the running one.
    public var address: String? {
        guard isThisMachine else { return nil }
        let collection = HostCollection(tree)
        var settled = collection.pinnedIdentity()?.address ?? SettledAddress()
        settled.collect(collection.addresses().primary?.address.address.text)
        return settled.reported
    }

    /// Who this host is and where each word of that comes from, as `lodestar hostinfo --format json` has it; nil for another root than the
    /// running one, and in a container.
    public var report: Datum? { serialReport()?.datum }

    /// Reads who this host is and keeps it: the serial with its witnesses, and the address until a change of it holds.
    /// For the agent; nothing is kept for another root, in a container, or without a serial.
    public func collect() throws(HostFault) {
        guard let report = serialReport(), let pin = PinnedIdentity(after: report), pin != report.pin else {
            return
        }
        // An id that was the other machine's serial goes with its pin.
        let isMoved = report.hostID == report.pin?.value && pin.value != report.pin?.value
        try IdentityFiles(root: root).write(pin, hostID: isMoved || report.hostID == nil ? pin.value : nil)
    }

    /// The evidence where the machine is the host: not for another root, which may be the disk of any machine, and not
    /// in a container, which many share one. In the mini OS the root is installed for this machine.
    private func serialReport() -> HostinfoReport? {
        guard isThisMachine else { return nil }
        let report = HostCollection(tree).report()
        return report.machine.container == nil ? report : nil
    }

    private var isThisMachine: Bool { tree.isRunning || KernelCommandLine.isMiniOS(tree) }

    private func identifierWithoutSerial() throws(HostFault) -> String {
        if let id = firstLine("etc/machine-id"), id != "uninitialized" { return id }
        // A root that never booted has no machine id yet: its name stands in until the first apply pins an id.
        let name = HostName(tree).name
        return String(Digest(of: "host-name/v1\u{0}\(name)").hexadecimal.prefix(32))
    }

    private func firstLine(_ path: String) -> String? {
        guard let line = tree.lines(path).first, !line.isEmpty else { return nil }
        return String(line)
    }
}
