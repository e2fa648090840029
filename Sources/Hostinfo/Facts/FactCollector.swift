public import Values

/// Reads the facts of a host from a tree, each when it is asked for.
public struct FactCollector<Tree: SourceTree> {
    let tree: Tree
    let today: Int?
    let digest: (([UInt8]) -> [UInt8])?

    /// - Parameters:
    ///   - today: days since 1970-01-01; nil where nobody says, and then there is no `date`.
    ///   - digest: SHA-256, which the fingerprints of keys are made with; without it they are null.
    public init(_ tree: Tree, today: Int? = nil, digest: (([UInt8]) -> [UInt8])? = nil) {
        self.tree = tree
        self.today = today
        self.digest = digest
    }

    /// The names of all facts but the custom ones.
    public static var names: [String] {
        [
            "boot", "cpu", "date", "disks", "filesystems", "firmware", "fqdn", "hostname", "init", "ip", "kernel",
            "memory",
            "mounts", "nics", "os", "packages", "sn", "ssh", "system", "timezone", "users", "virtual",
        ]
    }

    /// One fact; nil when there is none of the name.
    public func fact(_ name: String) -> Datum? {
        switch name {
        case "boot": boot
        case "cpu": processors
        case "date": today.map { .string(CivilDate(daysSinceEpoch: $0).description) }
        case "disks": disks
        case "filesystems": fileSystems
        case "firmware": firmware
        case "fqdn": .string(HostName(tree).qualified)
        case "hostname": .string(HostName(tree).name)
        case "init": .string(initSystem)
        case "ip": Datum(HostCollection(tree).addresses().primary?.address.address.text)
        case "kernel": kernel
        case "memory": memory
        case "mounts": mounts
        case "nics": cards
        case "os": operatingSystem
        case "packages": ["manager": Datum(packageManager)]
        case "sn": Datum(HostCollection(tree).report().serial.value)
        case "ssh": secureShell
        case "system": system
        case "timezone": .string(timeZone)
        case "users": ["count": .int(Int64(tree.lines("etc/passwd").count { $0.contains(":") }))]
        case "virtual": .string(Machine(firmware: HostCollection(tree).readFirmware(), in: tree).name)
        default: nil
        }
    }
}
