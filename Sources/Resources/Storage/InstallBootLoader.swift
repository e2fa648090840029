import Disk
public import Model

/// What makes a disk of an installation boot: the last that comes to it.
public struct InstallBootLoader: Provisioning {
    public var name = PlainName.unset
    public var kind = BootLoaderPlacing.Kind.uki
    public var disk = PlainName.unset
    public var commandLine = ""

    public init() {}

    public static let typeName = "boot_loader"
    public static let doc = """
        What makes a disk of an install profile boot, written when all else is there: a unified kernel image on its ESP, or GRUB \
        for a BIOS. Both boot the newest kernel of the partition of the type linux-root.
        """
    public static let fields: [Field<InstallBootLoader>] = [
        Field("name", always: \.name, .key, doc: "What its own entry is called.", examples: ["system"]),
        Field(
            "kind", always: \.kind, .parameter, isRequired: true,
            doc:
                "`uki`: EFI/BOOT/BOOTX64.EFI and EFI/lodestar/NAME.efi. `grub`: boot.img and core.img, by grub-mkimage of the image.",
            examples: ["uki", "grub"]),
        Field(
            "disk", always: \.disk, .parameter, isRequired: true,
            doc:
                "The name of a `disk` of the profile, with an esp or a bios-boot partition and one of the type linux-root.",
            examples: ["system"]),
        Field(
            "command_line", always: \.commandLine, .parameter,
            doc: "Words for the kernel; `root=` comes by itself.", examples: ["console=ttyS0"]),
    ]
    public static let examples = ["system: {kind: uki, disk: system, command_line: console=ttyS0}"]

    public var objects: [HostObject] {
        [.installed("boot_loader", name.text), .installed("boot loader of disk", disk.text)]
    }
    public var needs: [Need] {
        let places = ["/", "/boot/efi", "/efi", "/boot"].compactMap { AbsolutePath($0) }
        return [Need(.installed("disk", disk.text), "disk"), Need(InstallImage.any, "image")]
            + places.map { Need(.mount($0), "mounted") }
    }
    public var problems: [Problem] {
        if commandLine.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return [Problem("command_line", "expected words on one line")]
        }
        return commandLine.split(separator: " ").contains { $0.hasPrefix("root=") }
            ? [Problem("command_line", "expected no `root=`, which comes by itself")] : []
    }

    public struct Observed: Sendable {
        /// nil where the disk has no table of this installation.
        var table: PartitionTable?
        var places: [PartitionTable.Partition] = [], roots: [PartitionTable.Partition] = []

        var isFilled: Bool { places.count == 1 && places[0].attributes & PartitionTable.filled != 0 }
    }

    private var placeType: String { kind == .uki ? "esp" : "bios-boot" }

    public func observe(on host: some HostReading) throws -> Observed? {
        let table = try host.installationStorage.disk(named: disk.text)?.report.table
        func partitions(_ type: String) -> [PartitionTable.Partition] {
            table?.partitions.filter { $0.type == type } ?? []
        }
        return Observed(table: table, places: partitions(placeType), roots: partitions("linux-root"))
    }

    public func isPresent(in observed: Observed) -> Bool { observed.isFilled }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed, !observed.isFilled else { return [] }
        let text = kind == .uki ? "EFI/BOOT/BOOTX64.EFI, EFI/lodestar/\(name.text).efi" : "GRUB for a BIOS"
        return [Change("boot", from: nil, to: .text(text))]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed, !observed.isFilled else { return [] }
        guard observed.table != nil else {
            throw Refusal("the disk \(disk.text) has no table of this installation", isMissing: true)
        }
        let place = try one(observed.places, placeType), root = try one(observed.roots, "linux-root")
        guard place.attributes & PartitionTable.unfinished == 0 else {
            throw Refusal("the esp of \(disk.text) has no file system", isMissing: true)
        }
        guard root.attributes & PartitionTable.filled != 0 else {
            throw Refusal("the root of \(disk.text) has no image yet", isMissing: true)
        }
        guard let guid = place.guid, let rootGUID = root.guid else { return [] }
        return [
            .storage(
                .installBootLoader(
                    BootLoaderPlacing(kind, named: name.text, on: guid, root: rootGUID, commandLine: commandLine)))
        ]
    }

    private func one(_ partitions: [PartitionTable.Partition], _ type: String) throws(Refusal)
        -> PartitionTable.Partition
    {
        if partitions.count == 1 { return partitions[0] }
        throw Refusal(
            "expected one partition of the type \(type) on \(disk.text), found \(partitions.count)",
            isMissing: partitions.isEmpty)
    }
}

extension BootLoaderPlacing.Kind: FieldValue {}
