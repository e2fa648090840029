import SystemFiles
public import Model
public import Scheduling

/// A swap file or device: made, in use now and at boot.
public struct Swap: Resource, Removable, Succeeding {
    public var path = AbsolutePath.root
    public var size: ByteSize?
    public var priority: Int?
    public var enabled = true
    /// The size of the file that Lodestar made.
    var madeSize: ByteSize?

    public init() {}

    public static let typeName = "swap"
    public static let doc = """
        Swap: a file, which is made where there is none, or a device with swap on it; in use now on a running host, and by a \
        line of /etc/fstab at each boot. A file of another size is made anew only where Lodestar made it.
        """
    public static let fields: [Field<Swap>] = [
        Field("path", always: \.path, .key, doc: "The file or the device.", examples: ["/swapfile", "/dev/vdb2"]),
        Field(
            "size", \.size, doc: "The size of the file, a multiple of 4,096 bytes; without it, the file must be there.",
            examples: ["2G"]),
        Field("priority", \.priority, doc: "Which is used first: the highest, from 0 to 32767.", examples: ["10"]),
        Field(
            "enabled", always: \.enabled, doc: "Whether it is in use, now and at boot; true by default.",
            examples: ["false"]),
    ]
    public static let examples = ["/swapfile: {size: 1M, priority: 10}"]

    static let table = AbsolutePath.root.appending("etc/fstab")
    private static let devices = AbsolutePath.root.appending("dev")

    public var objects: [HostObject] { [.path(path), .swap(path)] }
    public var needs: [Need] { Need.parent(of: path) }
    public var problems: [Problem] {
        var problems: [Problem] = []
        if let size, size.bytes % 4096 != 0 || size.bytes < 40960 || size.bytes > 1 << 44 {
            problems.append(Problem("size", "expected a multiple of 4,096 bytes from 40K to 16T, found \(size.text)"))
        }
        if size != nil, path.isBelowOrEqual(to: Self.devices) {
            problems.append(Problem("size", "a device has its own size"))
        }
        if let priority, !(0...32767).contains(priority) {
            problems.append(Problem("priority", "expected a number from 0 to 32767, found \(priority)"))
        }
        return problems
    }

    public mutating func succeed(_ previous: Swap) { madeSize = previous.size }

    /// Until the new file is there, the old one is Lodestar's.
    public var whileChanging: Swap {
        var swap = self
        swap.size = madeSize ?? size
        return swap
    }

    public struct Observed: Sendable {
        /// What is at the path.
        var status: FileStatus?
        var entry: FileSystemEntry?
        var tableIsFile = true
        /// Whether the kernel tells which areas are in use.
        var isTold = false
        var active: SwapAreas.Area?
        var isRunning: Bool
        var pageSize: Int

        var size: ByteSize? { status?.kind == .file ? ByteSize(UInt64(clamping: status?.byteCount ?? 0)) : nil }
        var isAtBoot: Bool { entry?.options.contains("noauto") == false }
        var priorityAtBoot: Int? {
            entry?.options.last { $0.hasPrefix("pri=") }.flatMap { Int($0.dropFirst(4)) }
        }
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        var observed = Observed(
            status: try host.status(of: path), isRunning: host.isRunning, pageSize: SwapImage.pageSize(on: host))
        if !path.isBelowOrEqual(to: Self.devices), let status = observed.status, status.kind != .device {
            try status.mustBe(.file, at: path)
        }
        observed.tableIsFile = try host.status(of: Self.table).map { $0.kind == .file } ?? true
        observed.entry = try host.document(FileSystemTable.self, at: Self.table)?.entries.first { entry in
            try entry.type == "swap" && isMine(entry.device, on: host)
        }
        guard host.isRunning, let areas = try host.document(SwapAreas.self, at: SwapAreas.place) else {
            return observed
        }
        observed.isTold = true
        observed.active = try areas.areas.first { try isMine($0.path, on: host) }
        return observed
    }

    private func isMine(_ device: String, on host: some HostReading) throws -> Bool {
        try device == path.text || DeviceName.areOne(device, path.text, on: host)
    }

    /// A device stays when its use ends.
    public func isPresent(in observed: Observed) -> Bool {
        observed.status?.kind == .file || observed.entry != nil || observed.active != nil
    }

    public func changes(from observed: Observed?) -> [Change] {
        guard let observed else { return [] }
        var changes: [Change] = []
        if observed.status == nil || (size != nil && observed.size != size) {
            changes.append(Change("size", from: observed.size?.shown, to: size?.shown))
        }
        let isNow = observed.isRunning ? observed.active != nil : observed.isAtBoot
        if let priority, enabled, observed.isAtBoot || observed.active != nil {
            let found = [observed.isAtBoot ? observed.priorityAtBoot : priority, observed.active?.priority ?? priority]
            if let other = found.first(where: { $0 != priority }) {
                changes.append(Change("priority", from: other?.shown, to: priority.shown))
            }
        }
        if isNow != enabled || observed.isAtBoot != enabled {
            let found = isNow == observed.isAtBoot ? "\(isNow)" : isNow ? "only now" : "only at boot"
            changes.append(Change("enabled", from: .text(found), to: enabled.shown))
        }
        return changes
    }
}
