import Model
import Values

/// What is served: `vmlinuz`, `initrd.img`, `boot.ipxe`, `SHA256SUMS`, and `lodestar.efi` where it is asked for.
struct BootFiles {
    let kernel: [UInt8]
    let initramfs: [UInt8]
    let recipe: BootImage.Recipe

    init(kernel: [UInt8], initramfs: [UInt8], _ recipe: BootImage.Recipe) {
        (self.kernel, self.initramfs, self.recipe) = (kernel, initramfs, recipe)
    }

    func files(in folder: String) throws(HostFault) -> [(name: String, bytes: [UInt8])] {
        var files = [
            (name: "boot.ipxe", bytes: Array(script.utf8)), (name: "initrd.img", bytes: initramfs),
            (name: "vmlinuz", bytes: kernel),
        ]
        if recipe.hasUnifiedKernel { files.append(("lodestar.efi", try unified(in: folder))) }
        files.sort { $0.name < $1.name }
        let sums = files.map { "\(Digest(of: $0.bytes).hexadecimal)  \($0.name)\n" }.joined()
        return files + [(name: "SHA256SUMS", bytes: Array(sums.utf8))]
    }

    /// A kernel that UEFI starts wants the initramfs named in its command line; other kernels pass over the word.
    private var script: String {
        let base = recipe.url.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
        let words = ["initrd=initrd.img", "BOOTIF=01-${netX/mac:hexhyp}", recipe.arguments].filter { !$0.isEmpty }
        return """
            #!ipxe
            kernel \(base)vmlinuz \(words.joined(separator: " "))
            initrd \(base)initrd.img
            boot

            """
    }

    private func unified(in folder: String) throws(HostFault) -> [UInt8] {
        let packages = try UnpackedPackages(in: "\(folder)/stub")
        let paths = try packages.add("systemd-boot-efi").filter { $0.hasSuffix(".efi.stub") && $0.contains("linuxx64") }
        guard let path = paths.first, let stub = try packages.bytes(of: path) else {
            throw HostFault("find", "linuxx64.efi.stub", "systemd-boot-efi has none")
        }
        let sections = [
            (name: ".osrel", bytes: Array("ID=lodestar\nNAME=Lodestar\nPRETTY_NAME=\"Lodestar mini OS\"\n".utf8)),
            (name: ".cmdline", bytes: Array(recipe.arguments.utf8)), (name: ".initrd", bytes: initramfs),
            (name: ".linux", bytes: kernel),
        ]
        guard let program = PortableExecutable.adding(sections, to: stub) else {
            throw HostFault("use", path, "expected a stub with room for four sections")
        }
        return program
    }
}
