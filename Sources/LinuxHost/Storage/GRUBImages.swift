import BootImage
import Model
import SystemCalls

/// GRUB for a BIOS, of the programs and modules that an installed root has: no part of it has to ask which disk is which, as
/// grub-install does (GRUB 2.06: grub-core/boot/i386/pc/boot.S, diskboot.S, util/setup.c).
struct GRUBImages {
    /// The code at the beginning of the disk, which leaves the table of the MBR alone.
    let boot: [UInt8]
    /// What lies in the bios-boot partition.
    let core: [UInt8]

    private static let modules = [
        "biosdisk", "part_gpt", "ext2", "xfs", "search", "search_fs_uuid", "normal", "configfile", "linux", "serial",
        "test", "echo",
    ]

    /// Writes GRUB's folder of the root, and makes both images.
    ///
    /// - Parameters:
    ///   - root: where the root is mounted.
    ///   - sector: where core.img will begin.
    init(
        root: String, _ kernel: InstalledKernel, commandLine: String, rootUUID: String, at sector: UInt64
    ) throws(HostFault) {
        let source = "\(root)/usr/lib/grub/i386-pc", folder = "\(root)/boot/grub"
        guard LocalFiles.exists("\(root)/usr/bin/grub-mkimage"),
            var boot = try LocalFiles.contents(of: "\(source)/boot.img"), boot.count == 512
        else {
            throw HostFault.absent("find", "GRUB in the image: it needs the packages grub-pc-bin and grub-common:")
        }
        try LocalFiles.makeDirectory("\(folder)/i386-pc")
        for name in try LocalFiles.names(in: source) where name.hasSuffix(".mod") || name.hasSuffix(".lst") {
            let bytes = try LocalFiles.contents(of: "\(source)/\(name)") ?? []
            try LocalFiles.write(bytes, to: "\(folder)/i386-pc/\(name)", mode: 0o644, isDurable: false)
        }
        let search = "search --no-floppy --fs-uuid --set=root \(rootUUID)\n"
        try LocalFiles.write(
            Array("\(search)set prefix=($root)/boot/grub\n".utf8), to: "\(folder)/i386-pc/load.cfg", mode: 0o644)
        let configuration = """
            # Written by Lodestar at the installation; update-grub replaces it.
            set timeout=1
            menuentry "\(kernel.version)" {
              \(search)  linux /boot/\(kernel.imageName) \(commandLine)
              initrd /boot/\(kernel.initramfsName)
            }

            """
        try LocalFiles.write(Array(configuration.utf8), to: "\(folder)/grub.cfg", mode: 0o600)
        var core = try Self.core(in: root)
        // The first sector of core.img says where the others are; boot.img says where that one is.
        Self.put(sector + 1, &core, at: 500)
        Self.put(sector, &boot, at: 0x5C)
        // BIOSes that name no disk, or a wrong one: the code takes what they say only where this jump stays.
        boot.replaceSubrange(0x66..<0x68, with: [0x90, 0x90])
        (self.boot, self.core) = (Array(boot.prefix(440)), core)
    }

    private static func core(in root: String) throws(HostFault) -> [UInt8] {
        let spool = try SpoolFile()
        var child = ChildRun(
            ["/usr/bin/grub-mkimage", "-O", "i386-pc", "-p", "/boot/grub", "-c", "/boot/grub/i386-pc/load.cfg"]
                + modules,
            environment: [SearchPath.variable, "LC_ALL=C.UTF-8"], timeout: 600_000)
        (child.root, child.outputFile) = (root, spool.descriptor)
        let ended = try child.ended(), bytes = try spool.bytes(at: 0, count: spool.byteCount)
        guard ended.exitStatus == 0, bytes.count > 1024 else {
            let line = ended.output.textLines().last { !$0.trimmed.isEmpty }.map(String.init)
            throw HostFault("run", "grub-mkimage", line ?? "exit status \(ended.exitStatus)")
        }
        return bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    private static func put(_ number: UInt64, _ bytes: inout [UInt8], at offset: Int) {
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index)) }
    }
}
