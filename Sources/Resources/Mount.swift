public import SystemFiles
public import Model

/// A file system that is mounted at a place: its line in /etc/fstab, and the mount itself on a running host.
public struct Mount: Resource, Removable {
    public var path = AbsolutePath.root
    public var device = ""
    public var type = "auto"
    public var options = MountOptions(["defaults"])
    public var dump = 0
    public var pass = 0
    public var mounted = true
    public var atBoot = true

    public init() {}

    public static let typeName = "mount"
    public static let doc = """
        A file system at a place: its line in /etc/fstab (fstab(5)) and, on a running host, the mount. The line is found by \
        the place; other lines, comments and the blanks between fields stay. Removal unmounts it, and neither the \
        directory nor what is in it goes.
        """
    public static let fields: [Field<Mount>] = [
        Field("path", always: \.path, .key, doc: "The mount point, which must exist.", examples: ["/srv/data"]),
        Field(
            "device", always: \.device, isRequired: true,
            doc: "What is mounted, as fstab(5) names it; two names of one device are no difference.",
            examples: ["UUID=2f1c6b1e-7a35-4f2b-9d1e-0c3a5b7d9e11", "LABEL=data", "/dev/vdb1", "tmpfs", "/srv/other"]),
        Field(
            "type", always: \.type, doc: "The type of the file system, `auto` by default.", examples: ["ext4", "none"]),
        Field(
            "options", always: \.options,
            doc: "Options of mount(8), a list or one text, `defaults` by default; their order is no difference.",
            examples: ["[noatime, nodev]", "bind,ro"]),
        Field("dump", always: \.dump, doc: "The fifth field, for dump(8), 0 by default.", examples: ["0"]),
        Field(
            "pass", always: \.pass, doc: "When fsck(8) checks it: 1 for `/`, 2 for others, 0 (the default) never.",
            examples: ["2"]),
        Field("mounted", always: \.mounted, doc: "Whether it is mounted now, true by default.", examples: ["false"]),
        Field(
            "at_boot", always: \.atBoot, doc: "Whether it is mounted at boot, true by default; `false` is `noauto`.",
            examples: ["false"]),
    ]
    public static let examples = [
        "/mnt: {device: LABEL=data, type: ext4, options: [noatime, nodev], pass: 2}",
        "/srv: {device: tmpfs, type: tmpfs, options: \"size=1g,mode=0755\", at_boot: false}",
    ]

    static let table = AbsolutePath.root.appending("etc/fstab")

    public var objects: [HostObject] { [.mount(path)] }
    public var needs: [Need] {
        [Need(.path(path), "mount point")] + Need.parent(of: path)
            + (AbsolutePath(device).map { [Need(.path($0), "device")] } ?? [])
    }
    public var problems: [Problem] {
        var problems: [Problem] = []
        if device.isEmpty || device.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            problems.append(Problem("device", "expected a device, found \(Node.quoted(device))"))
        }
        if type.isEmpty || !type.isASCIIWord(or: "._-,") {
            problems.append(Problem("type", "expected the type of a file system, found \(Node.quoted(type))"))
        }
        if type == "swap" { problems.append(Problem("type", "`swap` is a type of its own")) }
        for (field, number) in [("dump", dump), ("pass", pass)] where !(0...9).contains(number) {
            problems.append(Problem(field, "expected a number from 0 to 9"))
        }
        if options.has("auto") || options.has("noauto") {
            problems.append(Problem("options", "`at_boot` says whether it is mounted at boot"))
        }
        if path == .root, !mounted { problems.append(Problem("mounted", "`/` is always mounted")) }
        return problems
    }

    public struct Observed: Sendable {
        var entry: FileSystemEntry?
        /// The entry as a declaration; its device as it is declared where both are one.
        var written: Mount?
        /// nil below another root.
        var live: Live?
        var tableIsFile = true
        var hasPoint = false
        /// The device that is to be mounted and is not there.
        var missing: AbsolutePath?
    }

    /// What is mounted at the place.
    enum Live: Sendable, Hashable {
        case nothing
        case declared(options: [String])
        case other(String)
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        try checkLinks(on: host)
        let entries = try host.document(FileSystemTable.self, at: Self.table)?.entries ?? []
        let mine = entries.filter { $0.place == .mount(path.text) }
        guard mine.count < 2 else { throw Refusal("\(Self.table) has \(mine.count) lines for \(path)") }
        var observed = Observed(entry: mine.first)
        observed.tableIsFile = try host.status(of: Self.table).map { $0.kind == .file } ?? true
        observed.hasPoint = try host.status(of: path) != nil
        if host.isRunning, let mounts = try host.document(MountedFileSystems.self, at: MountedFileSystems.place) {
            observed.live = try live(mounts, on: host)
            if let place = AbsolutePath(device), try host.status(of: place) == nil { observed.missing = place }
        }
        if let entry = mine.first { observed.written = try declaration(of: entry, observed.live, on: host) }
        return observed
    }

    /// The kernel lists a mount by its real path.
    private func checkLinks(on host: some HostReading) throws {
        for place in sequence(first: path, next: \.parent) {
            guard try host.status(of: place)?.kind == .link else { continue }
            throw Refusal(
                "\(place) is a link", hint: "name the place itself: the link leads to \(try host.linkTarget(of: place))"
            )
        }
    }
}
