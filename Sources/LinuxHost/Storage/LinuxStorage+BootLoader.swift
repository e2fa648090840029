import BootImage
import CShim
import Disk
import Glibc
import Model
import SystemCalls

/// What makes a disk boot: written when all else is there.
extension LinuxStorage {
    func install(_ placing: BootLoaderPlacing) throws(HostFault) {
        let target = installation.target
        guard let root = try partition(placing.root), root.isFilled, let mark = root.mark else {
            throw HostFault("install", "the boot loader \(placing.name)", "there is no root to boot")
        }
        try checkMount(of: placing.root, at: target)
        switch placing.kind {
        case .uki:
            let kernel = try InstalledKernel(in: target.text)
            let program = try kernel.unified(commandLine: placing.wholeCommandLine)
            try withFileSystem(of: placing.partition) { (folder) throws(HostFault) in
                // First its own entry: the one that firmware takes without being told comes last.
                for (name, file) in [("EFI/lodestar", "\(placing.name).efi"), ("EFI/BOOT", "BOOTX64.EFI")] {
                    try LocalFiles.makeDirectory("\(folder)/\(name)")
                    try LocalFiles.write(program, to: "\(folder)/\(name)/\(file)", mode: 0o644)
                }
                try sync(folder)
            }
        case .grub: try installGRUB(placing, rootUUID: mark.uuid)
        }
        try write(writesFilling(placing.partition), isExclusive: false)
    }

    /// Runs something with the folder where a FAT of a partition is mounted, also where it is not mounted yet.
    private func withFileSystem(
        of guid: PartitionGUID, _ body: (_ folder: String) throws(HostFault) -> Void
    ) throws(HostFault) {
        guard let found = try partition(guid) else { throw HostFault("find", "the ESP", "it is not there any more") }
        if let path = try mountPoint(of: found.partition.number, on: found.disk) { return try body(path.text) }
        let folder = try LocalFiles.madeTemporary("/run/lodestar-esp")
        var fault: HostFault?
        do throws(HostFault) {
            try BlockDevice.mount(try device(of: guid), "vfat", at: folder)
            try body(folder)
        } catch {
            fault = error
        }
        try BlockDevice.unmount(below: folder)
        rmdir(folder)
        if let fault { throw fault }
    }

    /// GRUB's files come first, then core.img, and boot.img last: until then the disk boots nothing.
    private func installGRUB(_ placing: BootLoaderPlacing, rootUUID: String) throws(HostFault) {
        guard let place = try partition(placing.partition) else {
            throw HostFault("find", "the bios-boot partition", "it is not there any more")
        }
        let target = installation.target.text
        guard place.disk.sectorSize == 512 else {
            throw HostFault(
                "install", "GRUB",
                "a BIOS boots disks with sectors of 512 bytes, and these have \(place.disk.sectorSize)")
        }
        let grub = try GRUBImages(
            root: target, try InstalledKernel(in: target), commandLine: placing.wholeCommandLine, rootUUID: rootUUID,
            at: place.range.start / 512)
        guard UInt64(grub.core.count) <= place.range.byteCount else {
            throw HostFault("install", "GRUB", "the bios-boot partition has no room for \(grub.core.count) bytes")
        }
        try sync(target)
        try write(
            StorageWrites(
                disk: place.disk,
                stages: [[DiskWrite(at: place.range.start, grub.core)], [DiskWrite(at: 0, grub.boot)]]),
            isExclusive: false)
    }

    private func sync(_ folder: String) throws(HostFault) {
        let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw HostFault("open", folder, ErrorNumber.last.text) }
        defer { close(descriptor) }
        let result = lodestar_sync_file_system(descriptor)
        if result < 0 { throw HostFault("write", folder, ErrorNumber(-result).text) }
    }
}
