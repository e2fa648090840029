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
    case unpack(ImagePlacing)
    case installBootLoader(BootLoaderPlacing)
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

/// An image that comes into a mounted file system.
public struct ImagePlacing: Sendable, Hashable {
    /// What was planned: an image with another list is not unpacked.
    public var image: ImageSummary
    /// The GUID of the partition that gets it.
    public var partition: PartitionGUID
    /// Where its file system is mounted.
    public var path: AbsolutePath

    public init(_ image: ImageSummary, in partition: PartitionGUID, at path: AbsolutePath) {
        self.image = image
        self.partition = partition
        self.path = path
    }
}

/// What makes a disk boot the root that is on it.
public struct BootLoaderPlacing: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        /// A unified kernel image on the ESP.
        case uki
        /// GRUB for a BIOS, in a bios-boot partition.
        case grub
    }

    public var kind: Kind
    /// The name of its own entry.
    public var name: String
    /// The GUIDs of the partition that it lies on, and of the root's.
    public var partition: PartitionGUID, root: PartitionGUID
    /// Without `root=`.
    public var commandLine: String

    public init(_ kind: Kind, named name: String, on partition: PartitionGUID, root: PartitionGUID, commandLine: String)
    {
        self.kind = kind
        self.name = name
        (self.partition, self.root) = (partition, root)
        self.commandLine = commandLine
    }

    /// All of the kernel's command line: the root is found by its partition, whatever the disk is called.
    public var wholeCommandLine: String {
        "root=PARTUUID=\(root.text.lowercased()) rw" + (commandLine.isEmpty ? "" : " \(commandLine)")
    }
}
