/// The kind of machine or container that the system runs in.
public struct Machine: Sendable, Hashable {
    /// Such as `kvm`, `vmware`; nil on hardware.
    public var hypervisor: String?
    /// Such as `docker`; nil outside containers.
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
        // The first domain of Xen and bare metal of a cloud have the marks of guests and are none.
        if tree.text("proc/xen/capabilities")?.contains("control_d") == true { return nil }
        let system = firmware?.system
        if system?.vendor == "Amazon EC2", system?.product?.hasSuffix(".metal") == true { return nil }
        let clocks = tree.text("sys/devices/system/clocksource/clocksource0/available_clocksource") ?? ""
        let hasKVM = clocks.contains("kvm-clock")
        let names = [system?.vendor, system?.product, firmware?.bios?.vendor, firmware?.boards.first?.vendor]
            .compactMap { $0?.lowercased() }
        for (mark, kind) in marks where names.contains(where: { $0.contains(mark) }) {
            return kind == "qemu" && hasKVM ? "kvm" : kind
        }
        if system?.vendor == "Microsoft Corporation", system?.product == "Virtual Machine" { return "hyperv" }
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
        let flags = tree.text("proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("flags") }
        return flags?.split(separator: " ").contains("hypervisor") == true ? "other" : nil
    }

    /// Words in the names of vendor, product, BIOS and board.
    private static let marks: [(String, String)] = [
        ("vmware", "vmware"), ("virtualbox", "virtualbox"), ("innotek", "virtualbox"), ("parallels", "parallels"),
        ("bhyve", "bhyve"), ("xen", "xen"), ("amazon ec2", "kvm"), ("google compute engine", "kvm"), ("kvm", "kvm"),
        ("openstack", "kvm"), ("nutanix", "kvm"), ("ovirt", "kvm"), ("rhev hypervisor", "kvm"),
        ("alibaba cloud", "kvm"),
        ("digitalocean", "kvm"), ("hetzner", "kvm"), ("bochs", "qemu"), ("qemu", "qemu"),
    ]

    private static func container(_ tree: some SourceTree) -> String? {
        if let kind = tree.text("run/systemd/container"), !kind.isEmpty { return kind }
        if tree.exists("run/.containerenv") { return "podman" }
        if tree.exists(".dockerenv") { return "docker" }
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
}
