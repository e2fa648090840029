import BootImage
import SystemCalls
public import Values

/// Loads the modules of an image: those that are always loaded, and those whose devices are there. Without udev nobody else does.
public struct ModuleLoading {
    private let folder: String
    private let list: ModuleList
    private var loaded: Set<String> = []
    private var matched: Set<String> = []
    /// What could not be loaded, and why.
    public private(set) var faults: [HostFault] = []

    public var count: Int { loaded.count }

    /// - Parameter version: of the kernel that runs.
    public init(version: String) throws(HostFault) {
        folder = "/usr/lib/modules/\(version)"
        let bytes = try LocalFiles.contents(of: "\(folder)/\(ModuleList.fileName)")
        list = ModuleList(parsing: String(decoding: bytes ?? [], as: UTF8.self))
    }

    /// Loads all, until no more devices come.
    public mutating func load() throws(HostFault) {
        for entry in list.entries where entry.isAlways { insert(entry) }
        Self.settle()
        while loaded.count < list.entries.count {
            let new = try Self.deviceAliases().subtracting(matched)
            if new.isEmpty { return }
            matched.formUnion(new)
            for entry in list.entries where !loaded.contains(entry.name) && fits(entry, new) {
                insertWithNeeds(entry)
            }
            Self.settle()
        }
    }

    private func fits(_ entry: ModuleList.Entry, _ devices: Set<String>) -> Bool {
        entry.aliases.contains { pattern in devices.contains { DevicePattern.fits(pattern, $0) } }
    }

    private mutating func insertWithNeeds(_ entry: ModuleList.Entry) {
        // Marked first: modules may need each other.
        guard loaded.insert(entry.name).inserted else { return }
        let needs = list.entries.filter { entry.needs.contains($0.name) }
        for need in needs { insertWithNeeds(need) }
        insert(entry)
    }

    private mutating func insert(_ entry: ModuleList.Entry) {
        loaded.insert(entry.name)
        if LocalFiles.exists("/sys/module/\(entry.name)") { return }
        do throws(HostFault) {
            try Busybox.run(["insmod", "\(folder)/\(entry.path)"])
        } catch {
            faults.append(error)
        }
    }

    /// Waits until the kernel has told of no device for a tenth of a second, at most ten seconds.
    private static func settle() {
        var last: [UInt8]?, quietCount = 0
        for _ in 0..<400 where quietCount < 4 {
            let number = (try? LocalFiles.contents(of: "/sys/kernel/uevent_seqnum")) ?? nil
            quietCount = number == last ? quietCount + 1 : 0
            last = number
            SystemClock.sleep(milliseconds: 25)
        }
    }

    /// What the devices of all buses call themselves.
    private static func deviceAliases() throws(HostFault) -> Set<String> {
        var found: Set<String> = []
        for bus in try LocalFiles.names(in: "/sys/bus") {
            for device in try LocalFiles.names(in: "/sys/bus/\(bus)/devices") {
                let bytes = (try? LocalFiles.contents(of: "/sys/bus/\(bus)/devices/\(device)/modalias")) ?? nil
                if let bytes, !bytes.isEmpty {
                    found.insert(String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self))
                }
            }
        }
        return found
    }
}
