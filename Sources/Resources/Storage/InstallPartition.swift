import Disk
public import Model

/// A partition of a disk that an installation takes.
public struct InstallPartition: Provisioning {
    public var name = PlainName.unset
    public var disk = PlainName.unset
    public var type = Kind.linuxData
    public var size = PartitionSize.rest

    /// Types of UEFI and of the Discoverable Partitions Specification.
    public enum Kind: String, FieldValue, CaseIterable {
        case esp
        case biosBoot = "bios-boot"
        case linuxRoot = "linux-root"
        case linuxData = "linux-data"
        case linuxHome = "linux-home"
        case linuxSrv = "linux-srv"
        case swap
    }

    public init() {}

    public static let typeName = "partition"
    public static let doc = """
        A partition of an install profile. Partitions lie on the disk in the order of the profile, at whole MiB. One that is there \
        is never moved or resized.
        """
    public static let fields: [Field<InstallPartition>] = [
        Field("name", always: \.name, .key, doc: "What it is called, on the disk too.", examples: ["root"]),
        Field(
            "disk", always: \.disk, .parameter, isRequired: true, doc: "The name of a `disk` of the profile.",
            examples: ["system"]),
        Field("type", always: \.type, isRequired: true, doc: "What it is for.", examples: ["linux-root", "esp"]),
        Field(
            "size", always: \.size, isRequired: true,
            doc: "Rounded up to whole MiB; `rest` takes what is left, and comes last.", examples: ["512MiB", "rest"],
            satisfies: { $0 == $1 || $0 == .rest }),
    ]
    public static let examples = [
        "esp: {disk: system, type: esp, size: 64MiB}", "root: {disk: system, type: linux-root, size: rest}",
    ]

    public var objects: [HostObject] { [.installed("partition", name.text)] }
    public var needs: [Need] { [Need(.installed("disk", disk.text), "disk")] }
    public var problems: [Problem] {
        name.text.utf16.count <= 36 ? [] : [Problem("name", "expected at most 36 characters")]
    }

    public struct Observed: Sendable {
        var table: PartitionTable?
        var tableGUID: PartitionGUID
        var guid: PartitionGUID
        var found: FoundPartition?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        let storage = try host.installationStorage
        return Observed(
            table: try storage.disk(named: disk.text)?.report.table,
            tableGUID: storage.installation.guid("disk", disk.text),
            guid: storage.installation.guid("partition", name.text), found: try storage.partition(named: name.text))
    }

    public func isPresent(in observed: Observed) -> Bool { observed.found != nil }

    public func changes(from observed: Observed?) -> [Change] {
        Self.propertyChanges(from: observed?.found.flatMap(found), to: self)
    }

    /// A partition as a declaration.
    private func found(_ found: FoundPartition) -> InstallPartition? {
        let bytes = found.partition.count * UInt64(found.disk.sectorSize)
        var partition = self
        partition.type = Kind(rawValue: found.partition.type) ?? .linuxData
        if let wanted = size.byteCount, (wanted + (1 << 20) - 1) >> 20 != bytes >> 20 {
            partition.size = StorageSize("\(bytes >> 20)MiB").map { .bytes($0) } ?? .rest
        }
        return partition
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        if let found = observed.found {
            throw Refusal(
                "\(found.disk.path) has the partition, and it is another one: no partition is changed",
                hint: "a token with --reinstall ID makes another installation of it")
        }
        guard var table = observed.table else {
            throw Refusal("the disk \(disk.text) has no table of this installation", isMissing: true)
        }
        let added = table.add(
            observed.guid, type: type.rawValue, name: name.text, byteCount: size.byteCount, sectorSize: 512)
        if added == nil, table.partitions.count >= 128 { throw Refusal("the table of \(disk.text) is full") }
        return [
            .storage(
                .addPartition(
                    PartitionAddition(
                        table: observed.tableGUID, guid: observed.guid, type: type.rawValue, name: name.text,
                        byteCount: size.byteCount)))
        ]
    }
}
