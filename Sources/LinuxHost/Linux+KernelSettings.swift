import CShim
import Glibc
import Model
import SystemCalls

extension Linux {
    /// One write(2), as the kernel wants it, and the value read back.
    func set(_ setting: KernelSetting) throws(HostFault) {
        let path = setting.path
        let entry = try writableEntry(path, "set")
        guard let status = try status(entry, path) else {
            throw HostFault.absent("set", path.text, kind: .missing)
        }
        guard status.kind == .file else { throw HostFault("set", path.text, "it is a \(status.kind.rawValue)") }
        guard entry.directory.trust == .root else {
            throw HostFault("set", path.text, "others can write to its folder")
        }
        if isRunning, path == Self.hostname {
            // The system call also works where /proc/sys is read-only, as in containers.
            guard sethostname(setting.value, setting.value.utf8.count) == 0 else {
                throw HostFault("set", path.text, ErrorNumber.last.text)
            }
        } else {
            try writeValue(setting, entry)
        }
        let found = String(decoding: try contents(of: path, limit: 1 << 16), as: UTF8.self)
        if !KernelSetting.isSame(setting.value, found) {
            let made = KernelSetting.plain(found)
            throw HostFault("set", path.text, "the kernel made `\(made)` of `\(setting.value)`")
        }
    }

    private static let hostname = AbsolutePath.root.appending("proc/sys/kernel/hostname")

    private func writeValue(_ setting: KernelSetting, _ entry: Entry) throws(HostFault) {
        let path = setting.path
        let descriptor = lodestar_open(
            entry.directory.descriptor, entry.name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, 0, 0,
            entry.directory.identity)
        guard descriptor >= 0 else { throw HostFault("set", path.text, ErrorNumber.text(-descriptor)) }
        defer { close(descriptor) }
        let bytes = Array("\(setting.value)\n".utf8)
        guard write(descriptor, bytes, bytes.count) >= 0 else {
            throw HostFault("set", path.text, ErrorNumber.last.text)
        }
    }
}
