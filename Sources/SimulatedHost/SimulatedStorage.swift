import Disk
import Model

/// Disks in memory: what was written lies over the disks of a reader below.
final class SimulatedStorage: StorageReading {
    private let below: any StorageReading
    nonisolated(unsafe) private var written: [AbsolutePath: OverlaidDisk] = [:]
    nonisolated(unsafe) private var mounts: [Place: AbsolutePath] = [:]

    private struct Place: Hashable {
        var disk: AbsolutePath
        var partition: Int
    }

    init(over below: any StorageReading) { self.below = below }

    var installation: Installation { below.installation }
    func disks() throws(HostFault) -> [DiskIdentity] { try below.disks() }
    func image(at source: String) throws(HostFault) -> ImageSummary { try below.image(at: source) }
    func users(of identity: DiskIdentity) throws(HostFault) -> [String] { try below.users(of: identity) }

    func disk(_ identity: DiskIdentity) throws(HostFault) -> any DiskReading {
        if let disk = written[identity.path] { return disk }
        return try below.disk(identity)
    }

    func mountPoint(of number: Int, on identity: DiskIdentity) throws(HostFault) -> AbsolutePath? {
        if let path = mounts[Place(disk: identity.path, partition: number)] { return path }
        return written[identity.path] == nil ? try below.mountPoint(of: number, on: identity) : nil
    }

    func perform(_ step: StorageStep) throws(HostFault) {
        switch step {
        case .takeDisk(let taking): try write(writes(taking))
        case .mendTable(_, let guid): try write(writesMending(guid))
        case .addPartition(let addition): try write(writes(addition))
        case .makeFileSystem(let making):
            let (found, clearing) = try writesBefore(making)
            try write(clearing)
            var outline = making.mark.outline(byteCount: found.range.byteCount)
            outline.offset += found.range.start
            try write(StorageWrites(disk: found.disk, stages: [[outline]]))
            try write(writesAfter(making))
        case .mount(let mounting):
            guard let found = try partition(mounting.partition), found.mark != nil else {
                throw HostFault("mount", mounting.path.text, "there is no file system for it")
            }
            mounts[Place(disk: found.disk.path, partition: found.partition.number)] = mounting.path
        case .unpack(let placing):
            guard let found = try partition(placing.partition),
                try mountPoint(of: found.partition.number, on: found.disk) == placing.path
            else { throw HostFault("unpack into", placing.path.text, "its file system is not mounted there") }
            try write(writesFilling(placing.partition))
        case .installBootLoader(let placing):
            guard let root = try partition(placing.root), root.isFilled else {
                throw HostFault("install", "the boot loader \(placing.name)", "there is no root to boot")
            }
            try write(writesFilling(placing.partition))
        }
    }

    private func write(_ writes: StorageWrites) throws(HostFault) {
        var disk: OverlaidDisk
        if let known = written.removeValue(forKey: writes.disk.path) {
            disk = known
        } else {
            disk = OverlaidDisk(over: try below.disk(writes.disk))
        }
        for write in writes.stages.joined() { disk.write(write) }
        written[writes.disk.path] = disk
    }
}
