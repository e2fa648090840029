import Disk
import Images
import Model
import SystemCalls

extension ImageSummary {
    init(_ image: TrustedImage, at source: String) {
        let list = image.list
        self.init(
            source: source, title: list.name + (list.version.map { " \($0)" } ?? ""), digest: list.digest,
            unpackedByteCount: list.unpackedByteCount, signer: image.signer)
    }
}

/// Images in file systems.
extension LinuxStorage {
    /// Unpacks an image; where that was interrupted, it goes on.
    func unpack(_ placing: ImagePlacing) throws(HostFault) {
        let image = try open(placing.image.source)
        guard ImageSummary(image, at: placing.image.source) == placing.image else {
            throw HostFault("unpack", placing.image.source, "it is another image by now")
        }
        try checkMount(of: placing.partition, at: placing.path)
        do {
            _ = try ImageUnpacking(image, into: placing.path.text, progress: onProgress).run()
        } catch let fault as SourceFault {
            throw HostFault("unpack", placing.image.source, fault.reason)
        } catch let fault as HostFault {
            throw fault
        } catch {
            throw HostFault("unpack", placing.image.source, "\(error)")
        }
        try write(writesFilling(placing.partition), isExclusive: false)
    }

    /// - Throws: where the file system of a partition is not mounted at a path.
    func checkMount(of partition: PartitionGUID, at path: AbsolutePath) throws(HostFault) {
        guard let found = try self.partition(partition),
            try mountPoint(of: found.partition.number, on: found.disk) == path
        else { throw HostFault("write to", path.text, "its file system is not mounted there") }
    }
}
