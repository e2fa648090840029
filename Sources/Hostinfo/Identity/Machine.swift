/// The kind of machine or container that the system runs in.
public struct Machine: Sendable, Hashable {
    /// The hypervisor, such as `kvm` or `vmware`; nil on hardware.
    public var hypervisor: String?
    /// The kind of container, such as `docker`; nil outside containers.
    public var container: String?

    public var isVirtual: Bool { hypervisor != nil }

    /// `none`, or the container, or the hypervisor.
    public var name: String { container ?? hypervisor ?? "none" }

    /// Looks at what hypervisors and container managers leave behind.
    public init(firmware: Firmware?, in tree: some SourceTree) {
        hypervisor = Self.hypervisor(firmware, tree)
        container = Self.container(tree)
    }

    private static func hypervisor(_ firmware: Firmware?, _ tree: some SourceTree) -> String? {
        // The first domain of Xen and bare metal of a cloud have the marks of guests and are not guests.
        if tree.text("proc/xen/capabilities")?.contains("control_d") == true { return nil }
        let system = firmware?.system
        if system?.vendor == "Amazon EC2", system?.product?.hasSuffix(".metal") == true { return nil }
        let clocks = tree.text("sys/devices/system/clocksource/clocksource0/available_clocksource") ?? ""
        let hasKVM = clocks.contains("kvm-clock")
        for mark in marks where mark.fits(firmware) {
            return mark.kind == "qemu" && hasKVM ? "kvm" : mark.kind
        }
        if let type = tree.text("sys/hypervisor/type"), !type.isEmpty { return type }
        if hasKVM { return "kvm" }
        if clocks.contains("hyperv_clocksource") { return "hyperv" }
        if let compatible = tree.text("sys/firmware/devicetree/base/hypervisor/compatible"), !compatible.isEmpty {
            return compatible.contains("kvm") ? "kvm" : compatible.contains("xen") ? "xen" : "other"
        }
        if let sysinfo = tree.text("proc/sysinfo"), sysinfo.contains("VM00 Name") {
            return sysinfo.contains("KVM/Linux") ? "kvm" : "zvm"
        }
        if firmware?.bios?.isVirtualMachine == true { return "other" }
        let flags = tree.lines("proc/cpuinfo").first { $0.hasPrefix("flags") }
        return flags?.split(separator: " ").contains("hypervisor") == true ? "other" : nil
    }

    /// How a vendor and a product begin, in lower case, that are a hypervisor's. A vendor of hardware may be one of
    /// hypervisors too, so that most need both.
    private struct Mark {
        var vendor, product, kind: String

        init(_ vendor: String, _ product: String, _ kind: String) {
            self.vendor = vendor
            self.product = product
            self.kind = kind
        }

        func fits(_ firmware: Firmware?) -> Bool {
            guard let system = firmware?.system else { return false }
            return (system.vendor ?? "").lowercased().hasPrefix(vendor)
                && (system.product ?? "").lowercased().hasPrefix(product)
        }
    }

    private static let marks = [
        Mark("vmware", "", "vmware"), Mark("", "vmware", "vmware"), Mark("innotek", "", "virtualbox"),
        Mark("", "virtualbox", "virtualbox"), Mark("parallels", "", "parallels"), Mark("", "bhyve", "bhyve"),
        Mark("xen", "", "xen"), Mark("", "hvm domu", "xen"), Mark("amazon ec2", "", "kvm"),
        Mark("google", "google compute engine", "kvm"), Mark("", "kvm", "kvm"), Mark("openstack", "", "kvm"),
        Mark("", "openstack", "kvm"), Mark("nutanix", "ahv", "kvm"), Mark("ovirt", "", "kvm"),
        Mark("", "rhev hypervisor", "kvm"), Mark("", "rhel-av", "kvm"), Mark("alibaba cloud", "", "kvm"),
        Mark("tencent cloud", "cvm", "kvm"), Mark("digitalocean", "droplet", "kvm"), Mark("hetzner", "vserver", "kvm"),
        Mark("bochs", "", "qemu"), Mark("qemu", "", "qemu"), Mark("microsoft corporation", "virtual machine", "hyperv"),
    ]

    private static func container(_ tree: some SourceTree) -> String? {
        if let kind = tree.text("run/systemd/container"), !kind.isEmpty { return kind }
        if tree.has("run/.containerenv") { return "podman" }
        // An image that became the disk of a machine keeps the file: there the root is a disk's.
        if tree.has(".dockerenv"), !hasOwnDisk(tree) { return "docker" }
        if let environment = tree.text("proc/1/environ"),
            let entry = environment.split(separator: "\0").first(where: { $0.hasPrefix("container=") })
        {
            return String(entry.dropFirst("container=".count))
        }
        let groups = tree.text("proc/1/cgroup") ?? ""
        for (mark, kind) in [
            ("/docker", "docker"), ("/kubepods", "kubernetes"), ("/lxc", "lxc"), ("/machine.slice", "machine"),
        ]
        where groups.contains(mark) {
            return kind
        }
        return nil
    }

    /// Whether the root is a file system on a disk, as no container manager makes it but on btrfs and zfs.
    private static func hasOwnDisk(_ tree: some SourceTree) -> Bool {
        guard let root = RootMount(tree) else { return false }
        return root.device.hasPrefix("/dev/") && root.kind != "btrfs"
    }
}
