import Disk
public import Model
import SystemCalls

/// The effects of an installation on disks.
extension LinuxStorage {
    func perform(_ step: StorageStep) throws(HostFault) {
        switch step {
        case .takeDisk(let taking):
            try check(taking.disk)
            try write(writes(taking), isExclusive: true)
        case .mendTable(let disk, let guid):
            try check(disk)
            try write(writesMending(guid), isExclusive: false)
        case .addPartition(let addition): try write(writes(addition), isExclusive: true)
        case .makeFileSystem(let making): try make(making)
        case .mount(let mounting):
            let device = try device(of: mounting.partition)
            try BlockDevice.mount(device, mounting.kind.rawValue, at: mounting.path.text)
        case .unpack(let placing): try unpack(placing)
        case .installBootLoader(let placing): try install(placing)
        }
    }

    /// Mounts a file system to look at it: nothing is written, a journal not even played.
    public func look(at mounting: FileSystemMounting) throws(HostFault) {
        let options = [FileSystemMark.Kind.ext4: "noload", .xfs: "norecovery"][mounting.kind]
        try BlockDevice.mount(
            device(of: mounting.partition), mounting.kind.rawValue, at: mounting.path.text, options: options,
            isReadOnly: true)
    }

    /// Unmounts what is mounted at the target and below it.
    public func unmountTarget() throws(HostFault) { try BlockDevice.unmount(below: installation.target.text) }

    /// Whether a disk is still where it was: names of devices may change when one is pulled.
    private func check(_ disk: DiskIdentity) throws(HostFault) {
        guard try disks().contains(disk) else { throw HostFault("take", disk.text, "it is not there any more") }
    }

    /// Writes stages, each durable before the next, and lets the kernel know partitions that are new or gone.
    func write(_ writes: StorageWrites, isExclusive: Bool) throws(HostFault) {
        let device = try BlockDevice(writes.disk.path.text, isExclusive: isExclusive)
        for stage in writes.stages {
            for write in stage { try device.write(write.bytes, at: write.offset) }
            try device.makeDurable()
        }
        if isExclusive { try tellKernel(of: writes.disk, device) }
    }

    /// Makes the kernel know the partitions of a disk's table, and no others: kernels need not read tables themselves.
    private func tellKernel(of disk: DiskIdentity, _ device: BlockDevice) throws(HostFault) {
        let table = try DiskReport(of: self.disk(disk)).table, size = UInt64(disk.sectorSize)
        let known = KernelDevice(disk.path.name).partitions
        for part in known {
            let isRight = table.partitions.contains {
                $0.number == part.number && part.device.extent == ($0.start * size, $0.count * size)
            }
            if !isRight { try device.tell(partition: part.number, start: 0, length: 0) }
        }
        let right = Set(KernelDevice(disk.path.name).partitions.map(\.number))
        for partition in table.partitions where !right.contains(partition.number) {
            try device.tell(
                partition: partition.number, start: partition.start * size, length: partition.count * size)
        }
    }

    /// The device of a partition; the kernel makes it a moment after the table was read.
    func device(of guid: PartitionGUID) throws(HostFault) -> String {
        guard let found = try partition(guid) else {
            throw HostFault("find", "a partition", "it is not there any more")
        }
        let number = found.partition.number, disk = KernelDevice(found.disk.path.name)
        if !disk.partitions.contains(where: { $0.number == number }) {
            try tellKernel(of: found.disk, BlockDevice(found.disk.path.text, isExclusive: false))
        }
        for _ in 0..<100 {
            if let part = disk.partitions.first(where: { $0.number == number }), LocalFiles.exists(part.device.path) {
                return part.device.path
            }
            SystemClock.sleep(milliseconds: 50)
        }
        throw HostFault("find", "the partition \(number) of \(found.disk.path)", "the kernel has no device for it")
    }

    private func make(_ making: FileSystemMaking) throws(HostFault) {
        let (found, clearing) = try writesBefore(making), device = try device(of: making.partition)
        try write(clearing, isExclusive: false)
        if let arguments = Self.program(making.mark, device) {
            let child = ChildRun(arguments, environment: [SearchPath.variable, "LC_ALL=C.UTF-8"], timeout: 1_800_000)
            let ended = try child.ended()
            guard ended.exitStatus == 0 else {
                let line = ended.output.textLines().last { !$0.trimmed.isEmpty }.map(String.init)
                throw HostFault("run", arguments.joined(separator: " "), line ?? "exit status \(ended.exitStatus)")
            }
        } else {
            let outline = making.mark.outline(byteCount: found.range.byteCount)
            try BlockDevice(device, isExclusive: true).write(outline.bytes, at: outline.offset)
        }
        try BlockDevice(device, isExclusive: false).makeDurable()
        try write(writesAfter(making), isExclusive: false)
    }

    /// The program that makes a file system (mke2fs(8), mkfs.xfs(8), mkfs.fat(8)); nil: a swap area is written here.
    private static func program(_ mark: FileSystemMark, _ device: String) -> [String]? {
        let label = mark.label.isEmpty ? [] : [mark.kind == .vfat ? "-n" : "-L", mark.label]
        switch mark.kind {
        case .ext4: return ["mke2fs", "-q", "-F", "-t", "ext4"] + label + ["-U", mark.uuid, device]
        case .xfs: return ["mkfs.xfs", "-q", "-f"] + label + ["-m", "uuid=\(mark.uuid)", device]
        case .vfat: return ["mkfs.fat", "-F", "32"] + label + ["-i", mark.uuid.filter { $0 != "-" }, device]
        case .swap: return nil
        }
    }
}
