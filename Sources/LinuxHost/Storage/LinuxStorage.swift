public import Disk
import Hostinfo
public import Images
import LinuxHostinfo
public import Model
import SystemCalls

/// The disks of this machine, for an installation.
public final class LinuxStorage: StorageReading {
    public let installation: Installation
    /// Is told how far a long step is: bytes, and how many there are.
    nonisolated(unsafe) public var onProgress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    /// Disks that somebody named, in place of those that the machine has.
    private let given: [DiskIdentity]?
    private let openImage: ImageOpener?

    /// Gives an image that is to be trusted, by the name that a profile has for it.
    public typealias ImageOpener = @Sendable (_ source: String) throws(HostFault) -> TrustedImage

    /// - Parameters:
    ///   - disks: only these, such as images on loop devices; nil: those of the machine.
    ///   - image: nil where no image can be had.
    public init(_ installation: Installation, disks: [DiskIdentity]? = nil, image: ImageOpener? = nil) {
        openImage = image
        self.installation = installation
        given = disks
    }

    public func disks() throws(HostFault) -> [DiskIdentity] {
        if let given { return given }
        return try Self.disksOfMachine()
    }

    /// The disks as the facts have them, each that can be written.
    public static func disksOfMachine() throws(HostFault) -> [DiskIdentity] {
        guard case .list(let facts)? = try HostFacts(root: "/").fact("disks") else { return [] }
        var disks: [DiskIdentity] = []
        for disk in facts {
            func text(_ key: String) -> String? { if case .string(let text)? = disk[key] { text } else { nil } }
            guard let name = text("name"), case .int(let size)? = disk["size_bytes"], size > 0 else { continue }
            disks.append(
                DiskIdentity(
                    path: AbsolutePath.root.appending("dev/\(name)"), serial: text("serial"), wwn: text("wwn"),
                    model: text("model"), byteCount: UInt64(size), sectorSize: sectorSize(of: name),
                    isRotational: disk["rotational"] == .bool(true), transport: text("transport") ?? "other"))
        }
        return disks.sorted { $0.path < $1.path }
    }

    /// The logical sectors of a disk by its name in sysfs.
    static func sectorSize(of name: String) -> Int {
        KernelDevice(name).value("queue/logical_block_size").flatMap { Int($0) } ?? 512
    }

    public func disk(_ identity: DiskIdentity) throws(HostFault) -> any DiskReading {
        let file = try RangeFile(identity.path.text)
        // Two names may have changed places since the list was made.
        if file.byteCount != identity.byteCount {
            throw HostFault("open", identity.text, "it has \(file.byteCount) bytes by now")
        }
        return DeviceDisk(file: file, sectorSize: file.sectorSize ?? identity.sectorSize)
    }

    public func image(at source: String) throws(HostFault) -> ImageSummary {
        ImageSummary(try open(source), at: source)
    }

    func open(_ source: String) throws(HostFault) -> TrustedImage {
        guard let openImage else { throw HostFault("open", source, "there are no images here") }
        return try openImage(source)
    }

    public func users(of identity: DiskIdentity) throws(HostFault) -> [String] {
        let device = KernelDevice(identity.path.name), parts = device.partitions.map { $0.device } + [device]
        let mounts = try MountedDevices()
        let swaps = String(decoding: try LocalFiles.contents(of: "/proc/swaps") ?? [], as: UTF8.self).textLines()
        return parts.flatMap { part -> [String] in
            let holders = part.names(in: "holders").map { "\(part.path) is a part of \($0)" }
            let places = mounts.paths(of: part.number).map { "\(part.path) is mounted at \($0)" }
            let isSwap = swaps.contains { $0.hasPrefix("\(part.path) ") || $0.hasPrefix("\(part.path)\t") }
            return holders + places + (isSwap ? ["\(part.path) is used for swap"] : [])
        }
    }

    public func mountPoint(of number: Int, on identity: DiskIdentity) throws(HostFault) -> AbsolutePath? {
        guard let part = KernelDevice(identity.path.name).partitions.first(where: { $0.number == number }) else {
            return nil
        }
        return try MountedDevices().paths(of: part.device.number).first.flatMap { AbsolutePath($0) }
    }
}

/// A device as a disk to read.
private struct DeviceDisk: DiskReading {
    let file: RangeFile
    let sectorSize: Int
    var byteCount: UInt64 { file.byteCount }
    func bytes(at offset: UInt64, count: Int) throws(HostFault) -> [UInt8] { try file.bytes(at: offset, count: count) }
}

/// A block device in sysfs.
struct KernelDevice {
    let name: String
    private let folder: String

    init(_ name: String) {
        self.name = name
        folder = "/sys/class/block/\(name)"
    }

    var path: String { "/dev/\(name)" }
    /// Its number, such as `8:1`.
    var number: String { value("dev") ?? "" }

    func value(_ name: String) -> String? {
        guard let bytes = try? LocalFiles.contents(of: "\(folder)/\(name)") else { return nil }
        return String(decoding: bytes, as: UTF8.self).trimmed
    }

    func names(in subfolder: String) -> [String] {
        (try? LocalFiles.names(in: "\(folder)/\(subfolder)").sorted()) ?? []
    }

    /// Where it begins on its disk and how long it is, in bytes (sysfs has sectors of 512, whatever the disk has).
    var extent: (UInt64, UInt64) {
        let numbers = ["start", "size"].map { value($0).flatMap { UInt64($0) } ?? 0 }
        return (numbers[0] * 512, numbers[1] * 512)
    }

    var partitions: [(number: Int, device: KernelDevice)] {
        let children = (try? LocalFiles.names(in: folder)) ?? []
        return children.filter { $0.hasPrefix(name) }.compactMap { child in
            let device = KernelDevice(child)
            return device.value("partition").flatMap { Int($0) }.map { ($0, device) }
        }
    }
}

/// What is mounted, by the numbers of devices (proc_pid_mountinfo(5)).
private struct MountedDevices {
    private var places: [(number: Substring, path: String)] = []

    init() throws(HostFault) {
        let bytes = try LocalFiles.contents(of: "/proc/self/mountinfo") ?? []
        let lines = String(decoding: bytes, as: UTF8.self).textLines()
        for line in lines {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count >= 10, let path = MountTable(lines: [line]).paths.first else { continue }
            places.append((words[2], path))
        }
    }

    func paths(of number: String) -> [String] { places.filter { $0.number == number }.map(\.path) }
}
