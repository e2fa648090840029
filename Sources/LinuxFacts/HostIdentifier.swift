import Glibc
import Hostinfo
public import Model

/// The id of a host: its serial by sn-spec/1, else the machine id of its root (machine-id(5)), else one made from its
/// name. An id that is pinned stays until `lodestar hostinfo accept`.
public struct HostIdentifier: HostIdentifying {
    let root: String

    public init(root: String) {
        self.root = root
    }

    public func hostIdentifier() throws(HostFault) -> String {
        let tree = HostTree(root: root)
        if let pinned = firstLine("var/lib/lodestar/host-id", tree) { return pinned }
        if let serial = serial(tree) { return serial }
        return try Self.identifierWithoutSerial(tree)
    }

    /// The serial where the machine is the host: not for another root, which may be the disk of any machine, and not in
    /// a container, which many share one. In the mini OS the root is installed for this machine.
    private func serial(_ tree: HostTree) -> String? {
        guard Self.isThisMachine(tree) else { return nil }
        let report = HostCollection(tree).report()
        return report.machine.container == nil ? report.serial.value : nil
    }

    private static func isThisMachine(_ tree: HostTree) -> Bool { tree.isRunning || KernelCommandLine.isMiniOS(tree) }

    /// The primary address; nil for another root than the running one.
    public var address: String? {
        let tree = HostTree(root: root)
        guard Self.isThisMachine(tree) else { return nil }
        return HostCollection(tree).addresses().primary?.address.address.text
    }

    static func identifierWithoutSerial(_ tree: HostTree) throws(HostFault) -> String {
        if let id = firstLine("etc/machine-id", tree), id != "uninitialized" { return id }
        // A root that never booted has none yet: its name stands in until the first apply pins it.
        let name = HostName(tree).name
        return String(Digest(of: "host-name/v1\u{0}\(name)").hexadecimal.prefix(32))
    }

    private static func firstLine(_ path: String, _ tree: HostTree) -> String? {
        guard let line = tree.lines(path).first, !line.isEmpty else { return nil }
        return String(line)
    }

    private func firstLine(_ path: String, _ tree: HostTree) -> String? { Self.firstLine(path, tree) }
}
