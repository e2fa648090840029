import Glibc
import Model
import SystemCalls

/// A cgroup v2 leaf for each run, where the agent may make one (cgroups(7)); its name is the run's.
struct RunCgroups {
    /// The directory that holds the leaves; nil without cgroups.
    let base: String?

    /// - Parameter name: what tells the leaves of this agent from another one's.
    init(name: String) {
        guard let mount = Self.mountPoint, let own = Self.ownPath else {
            base = nil
            return
        }
        // A service manager that puts the agent into a subgroup of its own leaves the unit's group to us.
        let isSubgroup = own.hasSuffix("/agent")
        let parent = mount + (isSubgroup ? String(own.dropLast(6)) : own == "/" ? "" : own)
        let path = "\(parent)/\(name)"
        guard mkdir(path, 0o755) == 0 || errno == EEXIST, access("\(path)/cgroup.procs", W_OK) == 0 else {
            base = nil
            return
        }
        if isSubgroup { _ = Self.write("+cpu +memory", to: "\(parent)/cgroup.subtree_control") }
        _ = Self.write("+cpu +memory", to: "\(path)/cgroup.subtree_control")
        base = path
        removeEmpty(in: path)
    }

    /// Removes the leaves that an ended keeper left; one with processes stays, because the kernel refuses.
    private func removeEmpty(in path: String) {
        for entry in (try? DirectoryListing(of: path))?.entries ?? [] where entry.kind == .directory {
            rmdir("\(path)/\(entry.name)")
        }
    }

    private static func write(_ text: String, to path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return LocalFiles.writeAll(Array(text.utf8), to: descriptor)
    }

    /// proc(5), mountinfo: the mount point is the fifth field, the type follows the hyphen.
    private static var mountPoint: String? {
        guard let bytes = try? LocalFiles.contents(of: "/proc/self/mountinfo", limit: 4 << 20) else { return nil }
        for line in String(decoding: bytes, as: UTF8.self).textLines() {
            let fields = line.split(separator: " ")
            if fields.count > 4, let hyphen = fields.firstIndex(of: "-"), hyphen + 1 < fields.count,
                fields[hyphen + 1] == "cgroup2"
            {
                return String(fields[4])
            }
        }
        return nil
    }

    private static var ownPath: String? {
        guard let bytes = try? LocalFiles.contents(of: "/proc/self/cgroup", limit: 1 << 20) else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).textLines().first { $0.hasPrefix("0::") }
        return line.map { String($0.dropFirst(3)) }
    }

    /// Makes the leaf of a run; nil where there are no cgroups, or it cannot be made.
    ///
    /// - Returns: the directory, and whether its limits hold.
    func made(for run: String, memory: UInt64?, cpuPercent: Int?) -> (path: String?, isLimited: Bool) {
        guard let base else { return (nil, memory == nil && cpuPercent == nil) }
        let path = "\(base)/\(run)"
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { return (nil, memory == nil && cpuPercent == nil) }
        var isLimited = true
        if let memory { isLimited = Self.write("\(memory)", to: "\(path)/memory.max") && isLimited }
        if let cpuPercent { isLimited = Self.write("\(cpuPercent * 1000) 100000", to: "\(path)/cpu.max") && isLimited }
        return (path, isLimited)
    }
}
