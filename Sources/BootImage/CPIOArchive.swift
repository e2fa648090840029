import Values

/// An archive of the kind that the kernel unpacks into memory: cpio, format newc (Documentation/driver-api/early-userspace/
/// buffer-format.rst of Linux). The same entries give the same bytes: owner 0, no times, numbers in order.
struct CPIOArchive: Sendable {
    private(set) var bytes: [UInt8] = []
    private var number = 0

    init(_ entries: [ImageEntry]) {
        bytes.reserveCapacity(entries.reduce(1024) { $0 + $1.content.count + 256 })
        for entry in entries { append(entry.path, entry.mode, entry.content, device: entry.device) }
        append("TRAILER!!!", 0, [], device: nil)
        pad(to: 512)
    }

    private mutating func append(_ path: String, _ mode: UInt32, _ content: [UInt8], device: (UInt32, UInt32)?) {
        number += 1
        let name = Array(path.utf8)
        let fields: [UInt32] = [
            UInt32(number), mode, 0, 0, 1, 0, UInt32(content.count), 0, 0, device?.0 ?? 0, device?.1 ?? 0,
            UInt32(name.count + 1), 0,
        ]
        bytes += Array("070701".utf8)
        for field in fields { bytes += Self.digits(field) }
        bytes += name + [0]
        pad(to: 4)
        bytes += content
        pad(to: 4)
    }

    private mutating func pad(to size: Int) {
        bytes += [UInt8](repeating: 0, count: (size - bytes.count % size) % size)
    }

    private static func digits(_ value: UInt32) -> [UInt8] {
        Array(
            stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }.hexadecimal.utf8
        )
    }
}

/// One thing in an image.
struct ImageEntry: Sendable {
    /// Without a leading `/`.
    var path: String
    /// Kind and permissions, as stat(2) has them.
    var mode: UInt32
    /// The bytes of a file, the target of a link.
    var content: [UInt8]
    /// Major and minor number of a device.
    var device: (UInt32, UInt32)?

    static func file(_ path: String, _ content: [UInt8], mode: UInt32 = 0o644) -> ImageEntry {
        ImageEntry(path: path, mode: 0o100_000 | mode, content: content)
    }

    static func directory(_ path: String, mode: UInt32 = 0o755) -> ImageEntry {
        ImageEntry(path: path, mode: 0o040_000 | mode, content: [])
    }

    static func link(_ path: String, to target: String) -> ImageEntry {
        ImageEntry(path: path, mode: 0o120_777, content: Array(target.utf8))
    }

    static func characterDevice(_ path: String, _ major: UInt32, _ minor: UInt32) -> ImageEntry {
        ImageEntry(path: path, mode: 0o020_600, content: [], device: (major, minor))
    }
}
