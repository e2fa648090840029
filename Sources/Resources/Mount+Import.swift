import SystemFiles
public import Model
import Scheduling

extension Mount: Importable {
    /// The lines of fstab, mounted as they are now.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Mount>) throws {
        let mounts = host.isRunning ? try host.document(MountedFileSystems.self, at: MountedFileSystems.place) : nil
        for entry in try host.document(FileSystemTable.self, at: table)?.entries ?? [] where entry.type != "swap" {
            guard let path = AbsolutePath(entry.path) else {
                findings.omit("mount: \(table) has a line for `\(entry.path)`")
                continue
            }
            var mount = Mount()
            mount.path = path
            (mount.device, mount.type) = (entry.device, entry.type)
            mount.options = MountOptions(entry.options)
            mount = try mount.declaration(of: entry, mounts.map { try mount.live($0, on: host) }, on: host)
            if let problem = mount.problems.first {
                findings.omit("\(mount.address): \(problem.text)")
            } else {
                findings.add(mount)
            }
        }
    }
}

extension Swap: Importable {
    /// The lines of fstab.
    public static func addImports(from host: some HostReading, to findings: inout Findings<Swap>) throws {
        for entry in try host.document(FileSystemTable.self, at: table)?.entries ?? [] where entry.type == "swap" {
            var swap = Swap()
            guard let path = try AbsolutePath(entry.device) ?? DeviceName.resolved(entry.device, on: host) else {
                findings.omit("swap: nobody knows here which device \(entry.device) is")
                continue
            }
            swap.path = path
            guard let observed = try swap.observe(on: host) else { continue }
            if observed.size.map({ $0.bytes % 4096 == 0 }) == true { swap.size = observed.size }
            swap.priority = observed.priorityAtBoot
            findings.add(swap)
        }
    }
}

extension KernelModule: Importable {
    /// The modules of /etc/modules; other files of modules are files.
    public static func addImports(from host: some HostReading, to findings: inout Findings<KernelModule>) throws {
        let list = try host.document(ModuleList.self, at: AbsolutePath.root.appending("etc/modules"))
        for name in list?.all ?? [] {
            var module = KernelModule()
            (module.name, module.atBoot) = (name, true)
            findings.add(module)
        }
    }
}
