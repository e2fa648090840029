import Values

/// A property of the hardware that a rule may speak of: what it is called, what kind of value it has, and where facts
/// have it.
struct AssetField: Sendable, Hashable {
    let name: String
    let kind: AssetKind
    /// The key in the facts of the component, such as `size_bytes` of a disk.
    let fact: String
    /// Whether another value says that this is another machine.
    let isIdentity: Bool

    init(_ name: String, _ kind: AssetKind, fact: String? = nil, isIdentity: Bool = false) {
        self.name = name
        self.kind = kind
        self.fact = fact ?? name
        self.isIdentity = isIdentity
    }
}

/// The components of a machine and their properties: the one table that reading, comparing and recording go by.
enum AssetTable {
    /// Of the machine itself; facts have them below `system`.
    static let system = [
        AssetField("vendor", .vendor, isIdentity: true), AssetField("product", .words, isIdentity: true),
        AssetField("uuid", .uuid, isIdentity: true),
    ]
    static let cpu = [
        AssetField("model", .processor), AssetField("sockets", .count), AssetField("cores", .count),
        AssetField("threads", .count),
    ]
    static let firmware = [
        AssetField("type", .word), AssetField("vendor", .vendor), AssetField("version", .version),
        AssetField("date", .word), AssetField("secure_boot", .flag),
    ]
    static let module = [
        AssetField("size", .memory, fact: "size_bytes"), AssetField("vendor", .memoryVendor),
        AssetField("type", .word), AssetField("part", .serial), AssetField("serial", .serial),
        AssetField("speed", .count, fact: "speed_mts"),
    ]
    static let disk = [
        AssetField("size", .disk, fact: "size_bytes"), AssetField("model", .words), AssetField("vendor", .vendor),
        AssetField("serial", .serial), AssetField("wwn", .serial), AssetField("transport", .word),
        AssetField("rotational", .flag),
    ]
    static let nic = [
        AssetField("mac", .address), AssetField("driver", .word), AssetField("speed", .speed, fact: "speed_mbps"),
    ]
    /// The sum of the modules, where the firmware lists them, else the memory that the kernel has.
    static let total = AssetField("total", .memory)
}
