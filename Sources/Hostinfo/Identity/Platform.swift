import Values

/// What platforms without SMBIOS tell of themselves (sn-spec/1 S5). From captured trees; not tried on such hardware.
struct Platform {
    private(set) var serials: [SerialEvidence.Platform] = []
    private(set) var uuid: HardwareUUID?

    init(_ tree: some SourceTree) {
        for base in ["sys/firmware/devicetree/base", "proc/device-tree"] {
            add(.soc, tree, "\(base)/serial-number")
            // POWER: the serial of the system, after the code of its maker (LoPAR, root node).
            if case .bytes(var bytes) = tree.read("\(base)/system-id") {
                if bytes.starts(with: "IBM,".utf8) { bytes.removeFirst(4) }
                serials.append(.init(.system, origin: "/\(base)/system-id", raw: bytes))
            }
            if uuid == nil, let text = tree.text("\(base)/vm,uuid") {
                uuid = HardwareUUID(text: text.prefix { $0 != "\0" }, isSwapped: false)
            }
            if !serials.isEmpty { break }
        }
        add(.soc, tree, "sys/devices/soc0/serial_number")
        if let sysinfo = tree.text("proc/sysinfo") { addMainframe(sysinfo) }
    }

    private mutating func add(_ kind: SerialKind, _ tree: some SourceTree, _ path: String) {
        guard case .bytes(let bytes) = tree.read(path) else { return }
        serials.append(.init(kind, origin: "/\(path)", raw: bytes))
    }

    /// s390: the sequence code of the machine and the number of the partition (`/proc/sysinfo`).
    private mutating func addMainframe(_ sysinfo: String) {
        func value(_ name: String) -> String? {
            sysinfo.textLines().first { $0.hasPrefix("\(name):") }?.dropFirst(name.count + 1)
                .trimmed
        }
        if let code = value("Sequence Code"), let partition = value("LPAR Number") {
            serials.append(.init(.lpar, origin: "/proc/sysinfo", raw: Array("\(code)-L\(partition)".utf8)))
        }
        if uuid == nil, let text = value("VM00 UUID") { uuid = HardwareUUID(text: text, isSwapped: false) }
    }
}

/// The serials of the disks of this machine, for witnesses.
enum DiskSerials {
    static func all(in tree: some SourceTree) -> [String] {
        let serials = BlockDevices.disks(in: tree).prefix(256).compactMap { name -> String? in
            for path in ["device/serial", "serial", "device/wwid", "wwid"] {
                if let text = tree.text("sys/block/\(name)/\(path)"), !text.isEmpty { return text }
            }
            return nil
        }
        return Set(serials).sorted()
    }
}

/// Settings on the kernel's command line.
public enum KernelCommandLine {
    public static func value(of name: String, in tree: some SourceTree) -> String? {
        let words = (tree.text("proc/cmdline") ?? "").split { $0 == " " || $0 == "\n" }
        return words.last { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    /// Whether the root is in memory, as the mini OS has it.
    public static func isMiniOS(_ tree: some SourceTree) -> Bool {
        ["rootfs", "ramfs", "tmpfs"].contains(RootMount(tree)?.kind)
    }
}
