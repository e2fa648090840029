import SystemCalls
import Values

/// A kernel with its modules, as a Debian package or an unpacked folder has them.
struct Kernel {
    let version: String
    /// The bytes of vmlinuz.
    let image: [UInt8]
    private let modules: String

    /// - Parameter folder: with `boot/vmlinuz-VERSION` and `lib/modules/VERSION` (or `usr/lib/modules`).
    init(in folder: String) throws(HostFault) {
        let names = try LocalFiles.names(in: "\(folder)/boot").filter { $0.hasPrefix("vmlinuz-") }
        guard let name = names.first, names.count == 1 else {
            let found = names.isEmpty ? "none" : names.joined(separator: ", ")
            throw HostFault("find", "\(folder)/boot/vmlinuz-*", "expected one kernel, found \(found)")
        }
        version = String(name.dropFirst("vmlinuz-".count))
        guard let bytes = try LocalFiles.contents(of: "\(folder)/boot/\(name)") else {
            throw HostFault.absent("read", "\(folder)/boot/\(name)")
        }
        image = bytes
        let places = ["lib/modules", "usr/lib/modules"].map { [version] in "\(folder)/\($0)/\(version)" }
        guard let place = places.first(where: LocalFiles.exists) else { throw HostFault.absent("find", places[0]) }
        modules = place
    }

    /// - Parameter scratch: where compressed modules are unpacked.
    func tree(scratch: String) throws(HostFault) -> ModuleTree {
        let listed = try LocalFiles.contents(of: "\(modules)/modules.builtin") ?? []
        let builtIn = String(decoding: listed, as: UTF8.self).split(separator: "\n").map(String.init)
        return ModuleTree(paths: try paths(below: "kernel"), builtIn: builtIn) { (path) throws(HostFault) in
            guard let module = KernelModule(try bytes(of: path, scratch: scratch), path: Self.plain(path)) else {
                throw HostFault("read", "\(modules)/\(path)", "expected a kernel module, found something else")
            }
            return module
        }
    }

    /// The bytes of a module, uncompressed.
    func bytes(of path: String, scratch: String) throws(HostFault) -> [UInt8] {
        let file = "\(modules)/\(path)"
        for (ending, words) in [("", []), (".xz", ["xz", "-d"]), (".zst", ["zstd", "-q", "-d", "--rm"])] {
            guard let bytes = try LocalFiles.contents(of: file + ending) else { continue }
            return words.isEmpty
                ? bytes : try Tools.filter(bytes, words, ending: (before: ".ko" + ending, after: ".ko"), in: scratch)
        }
        throw HostFault.absent("read", file)
    }

    private static func plain(_ path: String) -> String {
        path.firstRange(of: ".ko").map { String(path[..<$0.upperBound]) } ?? path
    }

    private func paths(below folder: String) throws(HostFault) -> [String] {
        var found: [String] = []
        for name in try LocalFiles.names(in: "\(modules)/\(folder)") {
            let path = "\(folder)/\(name)"
            if name.contains(".ko") { found.append(Self.plain(path)) } else { found += try paths(below: path) }
        }
        return found
    }
}
