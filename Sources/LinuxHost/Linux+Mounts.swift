import CShim
import Glibc
import Model

/// What is mounted below the managed root.
extension Linux {
    /// The mount points at a path and below it, as the kernel lists them (proc_pid_mountinfo(5)).
    func mounts(below path: AbsolutePath) -> ProbeAnswer {
        var real = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        guard readlink("/proc/self/fd/\(root)", &real, Int(PATH_MAX)) > 0,
            let bytes = try? LocalFiles.contents(of: "/proc/self/mountinfo", limit: 64 << 20)
        else { return .unknown("/proc is not mounted") }
        let top = String(decoding: real.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var found: [AbsolutePath] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count > 4 else { continue }
            var place = Substring(Self.unescaped(fields[4]))
            if top != "/" {
                guard place.hasPrefix(top + "/") else { continue }
                place = place.dropFirst(top.count)
            }
            if let mounted = AbsolutePath(String(place)), mounted.isBelowOrEqual(to: path) { found.append(mounted) }
        }
        return .paths(found)
    }

    /// The kernel writes blanks, tabs, newlines and backslashes as three octal digits.
    private static func unescaped(_ field: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = [], digits: [UInt8]?
        for byte in field {
            if var known = digits {
                known.append(byte)
                digits = known.count < 3 ? known : nil
                if known.count == 3 { bytes.append(known.reduce(0) { $0 &* 8 &+ ($1 &- UInt8(ascii: "0")) }) }
            } else if byte == UInt8(ascii: "\\") {
                digits = []
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether two names of open directories are on one mount. Device numbers would not tell: a bind mount has its
    /// source's, and the layers of an overlay have several.
    func isSameMount(_ entry: Entry, as directory: OpenDirectory) -> Bool {
        var own: UInt64 = 0, outer: UInt64 = 0
        let result = lodestar_mount_of(entry.directory.descriptor, entry.name, &own)
        if result == -ENOENT { return true }
        guard result >= 0, lodestar_mount_of(directory.descriptor, "", &outer) >= 0 else { return false }
        return own == outer
    }
}
