/// The block devices that are disks: not what is made of other disks, of files or of memory, not the paths behind one
/// disk that the kernel hides, and no parts of a disk.
enum BlockDevices {
    static func disks(in tree: some SourceTree) -> [String] {
        (tree.names(in: "sys/block") ?? []).filter { isDisk($0, in: tree) }
    }

    private static let kinds = [
        "loop", "ram", "zram", "dm-", "md", "sr", "fd", "nbd", "bcache", "drbd", "zd", "rbd", "ublkb", "nullb",
    ]

    private static func isDisk(_ name: String, in tree: some SourceTree) -> Bool {
        if kinds.contains(where: { name.hasPrefix($0) }) || isPath(name) || isPart(name) { return false }
        // A head of NVMe multipath hides its paths (/sys/block/NAME/hidden, since Linux 4.15).
        if tree.text("sys/block/\(name)/hidden") == "1" { return false }
        if !(tree.names(in: "sys/block/\(name)/slaves") ?? []).isEmpty { return false }
        return tree.linkTarget("sys/block/\(name)")?.contains("/devices/virtual/block/") != true
    }

    /// A path of NVMe multipath, such as `nvme0c1n2`.
    private static func isPath(_ name: String) -> Bool {
        guard name.hasPrefix("nvme") else { return false }
        let rest = name.dropFirst(4).drop { $0.isASCII && $0.isNumber }
        return rest.first == "c" && rest.contains("n")
    }

    /// A hardware partition of a card, such as `mmcblk0boot0`.
    private static func isPart(_ name: String) -> Bool {
        guard name.hasPrefix("mmcblk") else { return false }
        let rest = name.dropFirst(6).drop { $0.isASCII && $0.isNumber }
        return ["boot", "rpmb", "gp"].contains { rest.hasPrefix($0) }
    }
}
