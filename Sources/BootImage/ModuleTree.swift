import Values

/// All modules of one kernel, and which of them go into an image. Only those that are asked for are read.
struct ModuleTree {
    /// Paths below the kernel's folder of modules, by name.
    private let paths: [String: String]
    /// The names of what the kernel has in itself (modules.builtin).
    private let builtIn: Set<String>
    private let read: (String) throws(HostFault) -> KernelModule

    /// - Parameter read: reads the module of a path.
    init(
        paths: [String], builtIn: some Sequence<String>, read: @escaping (String) throws(HostFault) -> KernelModule
    ) {
        self.paths = Dictionary(paths.map { (KernelModule.name(of: $0), $0) }) { first, _ in first }
        self.builtIn = Set(builtIn.map(KernelModule.name(of:)))
        self.read = read
    }

    /// Modules with all that they need, each after what it needs; what the kernel has in itself is left out.
    ///
    /// - Throws: for a name that neither the folder nor the kernel has.
    func closure(of names: [String]) throws(HostFault) -> [KernelModule] {
        var order: [KernelModule] = [], seen: Set<String> = []
        for name in names.map(KernelModule.name(of:)) {
            guard isThere(name) else {
                let hint =
                    Spelling.nearest(to: name, among: paths.keys.filter { $0.first == name.first }.sorted()).map {
                        "; \($0)"
                    } ?? ""
                throw HostFault("find", "the module \(name)", "the kernel has none of this name\(hint)")
            }
            try add(name, &order, &seen)
        }
        return order
    }

    private func isThere(_ name: String) -> Bool { paths[name] != nil || builtIn.contains(name) }

    private func add(
        _ name: String, _ order: inout [KernelModule], _ seen: inout Set<String>
    ) throws(HostFault) {
        guard let path = paths[name], seen.insert(name).inserted else { return }
        let module = try read(path)
        for needed in module.dependencies {
            guard isThere(needed) else {
                throw HostFault(
                    "find", "the module \(needed)", "\(path) needs it, and the kernel has none of this name")
            }
            try add(needed, &order, &seen)
        }
        for wished in module.softDependencies { try add(wished, &order, &seen) }
        order.append(module)
    }

    /// The names of the drivers that servers have: buses, storage, network cards, keyboards.
    var hardware: [String] {
        paths.filter { path in Self.hardwareFolders.contains { path.value.hasPrefix("kernel/drivers/\($0)/") } }
            .keys.sorted()
    }

    /// Below `kernel/drivers`.
    private static let hardwareFolders = [
        "ata", "hid/usbhid", "hv", "input/serio", "message/fusion", "net/ethernet", "net/hyperv", "net/vmxnet3", "nvme",
        "scsi", "usb/host", "usb/storage", "virtio",
    ]

    /// What every image loads: devices of virtio, disks, packets for DHCP, and the boot partition's file system.
    static let standard = [
        "virtio_pci", "virtio_net", "virtio_blk", "virtio_scsi", "sd_mod", "nvme", "ext4", "vfat", "nls_ascii",
        "nls_cp437", "nls_iso8859-1", "af_packet",
    ]
}
