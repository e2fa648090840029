public import Disk
public import Model

/// A file system on a partition of an installation, mounted below the new root.
public struct InstallFileSystem: Provisioning {
    public var name = PlainName.unset
    public var partition = PlainName.unset
    public var type = FileSystemMark.Kind.ext4
    public var label: String?
    public var mount: AbsolutePath?

    public init() {}

    public static let typeName = "file_system"
    public static let doc = """
        A file system of an install profile, or a swap area: made once on a partition of this installation, with a UUID that \
        derives from it, and mounted below the new root while the installation goes on.
        """
    public static let fields: [Field<InstallFileSystem>] = [
        Field("name", always: \.name, .key, doc: "What the profile calls it.", examples: ["root"]),
        Field(
            "partition", always: \.partition, .parameter, isRequired: true,
            doc: "The name of a `partition` of the profile.", examples: ["root"]),
        Field("type", always: \.type, isRequired: true, doc: "Its kind; vfat is FAT32.", examples: ["ext4", "vfat"]),
        Field(
            "label", \.label, doc: "At most 16 bytes, of xfs 12, of vfat 11 in capital letters.", examples: ["root"]),
        Field(
            "mount", \.mount, doc: "Where the installed system has it; without it, it is not mounted.",
            examples: ["/", "/boot/efi"]),
    ]
    public static let examples = ["root: {partition: root, type: ext4, label: root, mount: /}"]

    public var objects: [HostObject] {
        [.installed("file_system", name.text), .installed("content of partition", partition.text)]
    }
    public var provisions: [HostObject] { mount.map { [.mount($0)] } ?? [] }
    public var needs: [Need] {
        let above = mount.map { Need.ancestors(of: $0).map(\.object) + [.path(.root)] } ?? []
        return [Need(.installed("partition", partition.text), "partition")]
            + above.compactMap {
                if case .path(let path) = $0, path != mount { Need(.mount(path), "mounted above") } else { nil }
            }
    }
    public var problems: [Problem] {
        var problems: [Problem] = []
        if let label {
            let greatest = [FileSystemMark.Kind.xfs: 12, .vfat: 11][type] ?? 16
            let isPlain = label.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
            if label.isEmpty || label.utf8.count > greatest || !isPlain
                || (type == .vfat && label != label.uppercased())
            {
                problems.append(
                    Problem(
                        "label",
                        "expected 1 to \(greatest) \(type == .vfat ? "capital letters" : "characters") of ASCII without blanks, found \(Node.quoted(label))"
                    ))
            }
        }
        if type == .swap, mount != nil { problems.append(Problem("mount", "a swap area is not mounted")) }
        return problems
    }

    public struct Observed: Sendable {
        var found: FoundPartition?
        var guid: PartitionGUID
        var uuid: String
        var mountPoint: AbsolutePath?
        var target: AbsolutePath

        /// What is there, if it is this installation's and complete.
        var mark: FileSystemMark? { found.flatMap { $0.isUnfinished || $0.mark?.uuid != uuid ? nil : $0.mark } }
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        let storage = try host.installationStorage, found = try storage.partition(named: partition.text)
        return Observed(
            found: found, guid: storage.installation.guid("partition", partition.text),
            uuid: FileSystemMark.uuid(type, from: storage.installation.guid("file_system", name.text)),
            mountPoint: try found.flatMap { try storage.mountPoint(of: $0.partition.number, on: $0.disk) },
            target: storage.installation.target)
    }

    public func isPresent(in observed: Observed) -> Bool { observed.mark != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed, let mark = observed.mark else { return Self.propertyChanges(from: nil, to: self) }
        var found = self
        found.type = mark.kind
        if label != nil { found.label = mark.label }
        if mount != nil, observed.mountPoint != place(observed) {
            found.mount = observed.mountPoint
        }
        return Self.propertyChanges(from: found, to: self)
    }

    /// Where it is mounted while the installation goes on; nil where it is not complete or not mounted.
    public func mounting(in storage: some StorageReading) throws(HostFault) -> FileSystemMounting? {
        let uuid = FileSystemMark.uuid(type, from: storage.installation.guid("file_system", name.text))
        guard let mount, let found = try storage.partition(named: partition.text), !found.isUnfinished,
            found.mark?.uuid == uuid, let guid = found.partition.guid
        else { return nil }
        return FileSystemMounting(of: guid, type, at: storage.installation.target.appending(below: mount))
    }

    private func place(_ observed: Observed) -> AbsolutePath? {
        mount.map { observed.target.appending(below: $0) }
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        guard let found = observed.found else {
            throw Refusal("there is no partition \(partition.text)", isMissing: true)
        }
        var steps: [Step] = []
        if observed.mark == nil {
            if !found.isUnfinished {
                let names = found.signatures.map(\.name).joined(separator: ", ")
                throw Refusal(
                    "the partition \(partition.text) of \(found.disk.path) is complete and holds \(names.isEmpty ? "no file system" : names) of somebody else",
                    hint: "a token with --reinstall ID makes another installation of it")
            }
            if let mountPoint = observed.mountPoint {
                throw Refusal("the partition \(partition.text) is mounted at \(mountPoint)")
            }
            let mark = FileSystemMark(type, uuid: observed.uuid, label: label ?? "")
            steps.append(.storage(.makeFileSystem(FileSystemMaking(in: observed.guid, mark))))
        } else if differences(from: observed).contains(\.type) || differences(from: observed).contains(\.label) {
            throw Refusal("the file system is there, and another one: none is changed")
        }
        guard let place = place(observed), observed.mountPoint != place else { return steps }
        if let mountPoint = observed.mountPoint {
            throw Refusal("the partition \(partition.text) is mounted at \(mountPoint)")
        }
        return steps + [.storage(.mount(FileSystemMounting(of: observed.guid, type, at: place)))]
    }
}

extension FileSystemMark.Kind: FieldValue {}

extension AbsolutePath {
    /// The place of a path of a root below this directory.
    fileprivate func appending(below path: AbsolutePath) -> AbsolutePath {
        path == .root ? self : appending(String(path.text.dropFirst()))
    }
}
