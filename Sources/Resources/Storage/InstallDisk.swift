import Disk
public import Model

/// A disk that an installation takes.
public struct InstallDisk: Provisioning {
    public var name = PlainName.unset
    public var select = DiskSelector()
    public var wipe = WipePolicy.signed

    /// What may become of what is on the disk.
    public enum WipePolicy: String, FieldValue, CaseIterable {
        /// It goes where a signed token says so.
        case signed
        /// Nothing goes: the disk must be blank.
        case never
    }

    public init() {}

    public static let typeName = "disk"
    public static let doc = """
        A disk of an install profile, found by what it is, with a new partition table of its own (GPT). What is on it goes only \
        where the machine is the expected one, the disk is named by its serial number or WWN, and a signed install token names \
        the disk and what may be destroyed; otherwise it is refused with what was found. A disk that this installation has taken \
        already stays as it is.
        """
    public static let fields: [Field<InstallDisk>] = [
        Field("name", always: \.name, .key, doc: "What the profile calls it.", examples: ["system"]),
        Field(
            "select", always: \.select, .parameter, isRequired: true,
            doc: """
                Which disk: `serial`, `wwn`, `path`, `model`, `min_size`, `max_size`, `rotational`, `transport`. Exactly one must \
                fit all of them, and a disk that is to be written needs its serial or WWN here.
                """,
            examples: ["{serial: WD-123, min_size: 400GB, transport: nvme}"]),
        Field(
            "wipe", always: \.wipe, .parameter,
            doc: "`signed` (by default): what the token names may be destroyed; `never`: the disk must be blank.",
            examples: ["never"]),
    ]
    public static let examples = ["system: {select: {serial: LAW-1}}"]

    public var objects: [HostObject] { [.installed("disk", name.text)] }

    public struct Observed: Sendable {
        var disk: DiskIdentity
        var report: DiskReport
        var users: [String]
        var installation: Installation
        /// The GUID that the table has or gets.
        var guid: PartitionGUID

        var isOurs: Bool { report.table.kind == .gpt && report.table.guid == guid }
        /// What is on the disk, by libblkid's names.
        var found: Set<String> { report.contents }
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        let storage = try host.installationStorage
        let disk = try select.chosen(among: storage.disks())
        if let other = try storage.disk(named: name.text), other.identity.path != disk.path {
            throw Refusal("\(other.identity.text) bears the table of this installation, and \(disk.text) is selected")
        }
        return Observed(
            disk: disk, report: try DiskReport(of: storage.disk(disk)), users: try storage.users(of: disk),
            installation: storage.installation, guid: storage.installation.guid("disk", name.text))
    }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        let table = "a table of this installation on \(observed.disk.text)"
        if observed.isOurs {
            return observed.report.table.isWritable
                ? []
                : [
                    Change(
                        "table", from: .text(observed.report.table.problems.joined(separator: "; ")), to: .text(table))
                ]
        }
        let found = observed.report.summary
        return [Change("table", from: found.isEmpty ? nil : .text(found), to: .text(table))]
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        if observed.isOurs {
            let isMendable = observed.report.table.isMendable
            if observed.report.table.isWritable { return [] }
            guard isMendable else {
                throw Refusal(
                    "the table of \(observed.disk.text) is damaged: \(observed.report.table.problems.joined(separator: "; "))"
                )
            }
            return [.storage(.mendTable(observed.disk, observed.guid))]
        }
        try permit(observed)
        return [.storage(.takeDisk(DiskTaking(observed.disk, guid: observed.guid, destroyed: observed.found)))]
    }

    /// Whether the disk may be taken: the machine is the expected one, the disk is named, and somebody signed for it.
    private func permit(_ observed: Observed) throws(Refusal) {
        let disk = observed.disk
        if let user = observed.users.first {
            throw Refusal("\(disk.text) is in use: \(user)")
        }
        if let objection = observed.installation.objection {
            throw Refusal("nothing is destroyed on this machine: \(objection)")
        }
        guard select.namesOne else {
            throw Refusal(
                "a disk that is written must be named", hint: "`select: {serial: \(disk.serial ?? "...")}`")
        }
        guard let approval = observed.installation.approval else {
            throw Refusal(
                "\(disk.text) is not to be written: there is no install token",
                hint: "`lodestar install token` makes one")
        }
        let names = [disk.serial?.trimmed, disk.wwn].compactMap { $0 }
        guard names.contains(where: { approval.disks.contains($0) }) else {
            throw Refusal(
                "the install token is not for \(disk.text)",
                hint: "it is for \(approval.disks.sorted().joined(separator: ", "))")
        }
        let foreign = observed.found.subtracting(wipe == .never ? [] : approval.signatures).sorted()
        guard foreign.isEmpty else {
            let words = foreign.joined(separator: ", ")
            throw Refusal(
                "\(disk.text) holds \(observed.report.summary)",
                hint: wipe == .never
                    ? "`wipe: never` takes blank disks only" : "a token with --wipe \(words) permits to destroy it")
        }
    }
}

extension HostReading {
    /// The disks of an installation.
    var installationStorage: any StorageReading {
        get throws {
            guard let storage else {
                throw Refusal(
                    "it is for install profiles",
                    hint: "`install/NAME.yaml` is a profile, `lodestar apply --profile NAME` applies it")
            }
            return storage
        }
    }
}
