/// The mark of a file system, a container or an array on a disk or a partition.
public struct Signature: Sendable, Hashable {
    public enum Usage: String, Sendable {
        case fileSystem = "filesystem"
        case raid, crypto, other
    }

    /// As libblkid calls it, such as `ext4` or `LVM2_member`.
    public var name: String
    public var usage: Usage
    /// Where its magic stands, from the beginning of the disk or partition.
    public var offset: UInt64

    /// The names of all that can be found on a disk, as libblkid has them; tables among them.
    public static var names: [String] {
        Set(SignatureTable.rules.map(\.name) + ["zfs_member", "gpt", "dos"]).sorted()
    }
}

/// How a signature is recognised: bytes at a place, and what else must hold.
struct SignatureRule {
    enum Place {
        case start(UInt64)
        /// Before the end.
        case end(UInt64)
    }

    let name: String
    let usage: Signature.Usage
    let magic: [UInt8]
    let places: [Place]
    /// A further look at the 64 KiB from the beginning; true where there is nothing further to look at.
    let holds: @Sendable ([UInt8]) -> Bool

    init(
        _ name: String, _ usage: Signature.Usage, _ magic: [UInt8], at places: [Place],
        holds: @escaping @Sendable ([UInt8]) -> Bool = { _ in true }
    ) {
        self.name = name
        self.usage = usage
        self.magic = magic
        self.places = places
        self.holds = holds
    }

    init(_ name: String, _ usage: Signature.Usage, _ magic: String, at offsets: UInt64...) {
        self.init(name, usage, Array(magic.utf8), at: offsets.map { .start($0) })
    }
}
