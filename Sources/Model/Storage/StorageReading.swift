public import Disk

/// What an installation may know of the disks.
public protocol StorageReading: AnyObject, Sendable {
    var installation: Installation { get }
    /// The disks, without what is made of others, in the order of their paths.
    func disks() throws(HostFault) -> [DiskIdentity]
    /// The bytes of a disk.
    func disk(_ identity: DiskIdentity) throws(HostFault) -> any DiskReading
    /// By whom a disk or a part of it is in use, for a person: mounts, swap, what is made of it. None: by nobody.
    func users(of identity: DiskIdentity) throws(HostFault) -> [String]
    /// Where a partition of a disk is mounted.
    func mountPoint(of number: Int, on identity: DiskIdentity) throws(HostFault) -> AbsolutePath?
    /// What an image says of itself.
    ///
    /// - Throws: for one that is not there, or not to be trusted.
    func image(at source: String) throws(HostFault) -> ImageSummary
}

/// A partition that belongs to an installation, with the disk that it is on.
public struct FoundPartition: Sendable {
    public var disk: DiskIdentity
    public var table: PartitionTable
    public var partition: PartitionTable.Partition
    /// Its bytes.
    public var range: DiskRange
    public var signatures: [Signature]
    public var mark: FileSystemMark?

    /// Whether what belongs into it is not all there yet.
    public var isUnfinished: Bool { partition.attributes & PartitionTable.unfinished != 0 }
    /// Whether the image or the boot loader that belongs into it is all there.
    public var isFilled: Bool { partition.attributes & PartitionTable.filled != 0 }
}

extension StorageReading {
    /// The disk whose table derives from a name in this installation, with what is on it; nil where there is none.
    ///
    /// - Throws: also where two disks have it.
    public func disk(named name: String) throws(HostFault) -> (identity: DiskIdentity, report: DiskReport)? {
        try disk(withTable: installation.guid("disk", name))
    }

    /// The disk that has a table; nil where none has.
    public func disk(withTable guid: PartitionGUID) throws(HostFault) -> (identity: DiskIdentity, report: DiskReport)? {
        var found: (DiskIdentity, DiskReport)?
        for identity in try disks() {
            let report = try DiskReport(of: disk(identity))
            guard report.table.kind == .gpt, report.table.guid == guid else { continue }
            if let (other, _) = found {
                throw HostFault(
                    "find", "the table \(guid.text)",
                    "\(other.path) and \(identity.path) both have it: one is a copy of the other")
            }
            found = (identity, report)
        }
        return found
    }

    /// The partition that derives from a name; nil where there is none.
    public func partition(named name: String) throws(HostFault) -> FoundPartition? {
        try partition(installation.guid("partition", name))
    }

    /// The partition with a file system of this installation, by the name of that; nil where there is none.
    public func partition(ofFileSystem name: String) throws(HostFault) -> FoundPartition? {
        let guid = installation.guid("file_system", name)
        for identity in try disks() {
            for partition in try DiskReport(of: disk(identity)).table.partitions {
                guard let own = partition.guid, let found = try self.partition(own), let mark = found.mark,
                    !found.isUnfinished, mark.uuid == FileSystemMark.uuid(mark.kind, from: guid)
                else { continue }
                return found
            }
        }
        return nil
    }

    /// The partition of a GUID; nil where there is none.
    public func partition(_ guid: PartitionGUID) throws(HostFault) -> FoundPartition? {
        for identity in try disks() {
            let disk = try disk(identity), table = try DiskReport(of: disk).table
            guard let partition = table.partitions.first(where: { $0.guid == guid }),
                let range = DiskRange(partition, of: disk)
            else { continue }
            let signatures = try SignatureReader.signatures(on: range)
            return FoundPartition(
                disk: identity, table: table, partition: partition, range: range, signatures: signatures,
                mark: try FileSystemMark(on: range, signatures))
        }
        return nil
    }
}
