import CShim
import Glibc
import Hostinfo
import Model
import SystemCalls

/// The mounts below the managed root.
extension Linux {
    /// The mount points at a path and below it, as the kernel lists them (proc_pid_mountinfo(5)).
    func mounts(below path: AbsolutePath) -> ProbeAnswer {
        var real = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlink("/proc/self/fd/\(root)", &real, Int(PATH_MAX)) > 0,
            let bytes = try? LocalFiles.contents(of: "/proc/self/mountinfo", limit: 64 << 20)
        else { return .unknown("/proc is not mounted") }
        let top = String(decoding: real.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let places = MountTable(lines: String(decoding: bytes, as: UTF8.self).textLines()).paths
        let inside =
            top == "/" ? places : places.filter { $0.hasPrefix(top + "/") }.map { String($0.dropFirst(top.count)) }
        return .paths(inside.compactMap { AbsolutePath($0) }.filter { $0.isBelowOrEqual(to: path) })
    }

    /// The mount that a directory is on. Device numbers would not tell: a bind mount has its source's, and the layers of an
    /// overlay have several. nil where the kernel does not say.
    func mount(of directory: OpenDirectory) -> UInt64? {
        var mount: UInt64 = 0
        return lodestar_mount_of(directory.descriptor, "", &mount) < 0 ? nil : mount
    }

    /// Whether an entry is on the given mount; an entry that is gone meanwhile counts as being on it.
    func isOn(_ mount: UInt64?, _ entry: Entry) -> Bool {
        var own: UInt64 = 0
        let result = lodestar_mount_of(entry.directory.descriptor, entry.name, &own)
        return result == -ENOENT || (result >= 0 && own == mount)
    }
}
