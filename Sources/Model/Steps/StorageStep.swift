public import Disk

/// What an installation does to disks. Each step looks again at what it is about to change: a disk that is another one by then
/// is a fault.
public enum StorageStep: Sendable, Hashable {
    /// Takes a disk: what is on it goes, an empty table comes.
    case takeDisk(DiskTaking)
    /// Mends a table of this installation of which one copy holds.
    case mendTable(DiskIdentity, PartitionGUID)
    case addPartition(PartitionAddition)
    case makeFileSystem(FileSystemMaking)
    case mount(FileSystemMounting)
}

public struct DiskTaking: Sendable, Hashable {
    public var disk: DiskIdentity
    /// Of the new table.
    public var guid: PartitionGUID
    /// What the plan found there, by libblkid's names: nothing else may be destroyed.
    public var destroyed: Set<String>

    public init(_ disk: DiskIdentity, guid: PartitionGUID, destroyed: Set<String>) {
        self.disk = disk
        self.guid = guid
        self.destroyed = destroyed
    }
}

public struct PartitionAddition: Sendable, Hashable {
    /// The GUID of the table that gets it.
    public var table: PartitionGUID
    public var guid: PartitionGUID
    /// The name of the type, such as `esp`.
    public var type: String
    public var name: String
    /// nil: all that is left.
    public var byteCount: UInt64?

    public init(table: PartitionGUID, guid: PartitionGUID, type: String, name: String, byteCount: UInt64?) {
        self.table = table
        self.guid = guid
        self.type = type
        self.name = name
        self.byteCount = byteCount
    }

    /// Whether something has to come into it before it is of use: not into one that only a boot loader reads.
    public var isUnfinished: Bool { type != "bios-boot" }
}

public struct FileSystemMaking: Sendable, Hashable {
    /// The GUID of the partition that gets it.
    public var partition: PartitionGUID
    public var mark: FileSystemMark

    public init(in partition: PartitionGUID, _ mark: FileSystemMark) {
        self.partition = partition
        self.mark = mark
    }
}

public struct FileSystemMounting: Sendable, Hashable {
    /// The GUID of the partition that has it.
    public var partition: PartitionGUID
    public var kind: FileSystemMark.Kind
    public var path: AbsolutePath

    public init(of partition: PartitionGUID, _ kind: FileSystemMark.Kind, at path: AbsolutePath) {
        self.partition = partition
        self.kind = kind
        self.path = path
    }
}
