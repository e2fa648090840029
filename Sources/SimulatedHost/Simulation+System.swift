import SystemFiles
import Model

/// What programs of the system do, in memory.
extension Simulation {
    func perform(_ operation: SystemOperation) throws(HostFault) {
        switch operation {
        case .makeLocales:
            let list = try document(TextLines.self, at: AbsolutePath.root.appending("etc/locale.gen"))
            for position in 0..<(list?.count ?? 0) {
                locales += LocaleName.names(madeBy: String(decoding: list?.body(at: position) ?? [], as: UTF8.self))
            }
        case .loadModule(let name): try editTable("modules") { $0 + "\(name) 16384 0 - Live 0x0000000000000000\n" }
        case .unloadModule(let name):
            try editTable("modules") { table in
                table.textLines().filter { $0.split(separator: " ").first != name[...] }.map { "\($0)\n" }.joined()
            }
        case .mount(let mounting): try changeMounts { $0.add(mounting) }
        case .remount(let mounting): try changeMounts { $0.change(mounting) }
        case .unmount(let path): try changeMounts { $0.remove(path) }
        case .startSwap(let path, let priority):
            try editTable("swaps") { $0 + SwapAreas.line(path.text, priority: priority ?? -2) }
        case .stopSwap(let path):
            try editTable("swaps") { table in
                SwapAreas(parsing: Array(table.utf8)).areas.filter { $0.path != path.text }.map {
                    SwapAreas.line($0.path, priority: $0.priority)
                }.joined()
            }
        }
    }

    private func changeMounts(_ change: (inout MountedFileSystems) -> Void) throws(HostFault) {
        var table =
            try document(MountedFileSystems.self, at: MountedFileSystems.place) ?? MountedFileSystems(parsing: [])
        change(&table)
        try editTable("self/mountinfo") { _ in table.text }
    }

    /// Changes a table of the kernel's in /proc.
    private func editTable(_ name: String, _ edit: (String) -> String) throws(HostFault) {
        let path = AbsolutePath.root.appending("proc/\(name)")
        let present = try status(of: path) == nil ? [] : contents(of: path, limit: 64 << 20)
        let content = FileContent.whole(Content(edit(String(decoding: present, as: UTF8.self))))
        let status = FileStatus(
            kind: .file, permissions: Permissions(0o444), owner: 0, group: 0, byteCount: content.byteCount)
        put(status, .content(content), at: try place(of: path))
    }
}
