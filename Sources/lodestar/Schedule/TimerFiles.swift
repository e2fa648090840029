import Model
import Scheduling
import SystemCalls

/// Imports a timer unit with its drop-ins.
struct TimerFiles {
    let host: HostOfSchedules

    /// The directories of units, the first first (systemd.unit(5)).
    private static let folders = [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
        "/lib/systemd/system",
    ]

    func imported(_ path: String) throws(HostFault) -> ImportedSchedules {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if isMask(path) { return ImportedSchedules(refused: "systemd passes over it: it is masked") }
        guard let bytes = try LocalFiles.contents(of: path, limit: 2 << 20) else {
            throw HostFault("read", path, "there is none")
        }
        let folder = host.place(of: path).map { String($0.dropLast(name.utf8.count + 1)) }
        let isOwn = folder.map { Self.folders.contains($0) } ?? false
        if isOwn, let mask = Self.folders.map({ "\(host.root)\($0)/\(name)" }).first(where: { isMask($0) }) {
            return ImportedSchedules(refused: "systemd passes over it: \(mask) masks it")
        }
        let dropIns = try dropIns(of: name, beside: isOwn ? nil : String(path.dropLast(name.utf8.count)))
        var imported = ImportedSchedules(timer: bytes, name: name, dropIns: dropIns)
        if isOwn, let folder,
            let first = Self.folders.prefix(while: { $0 != folder }).first(where: {
                LocalStatus(of: "\(host.root)\($0)/\(name)") != nil
            }), !Self.isSame("\(host.root)\(first)", "\(host.root)\(folder)")
        {
            imported.note("\(first)/\(name) comes before it: systemd reads that one in its place")
        }
        if isOwn, !isEnabled(name) { imported.note("it is not enabled: systemd does not start it by itself") }
        return imported
    }

    /// /lib is a link to /usr/lib on most hosts.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        LocalFiles.absolute(left) == LocalFiles.absolute(right)
    }

    private func isMask(_ path: String) -> Bool {
        guard let status = LocalStatus(of: path) else { return LocalFiles.linkTarget(path) == "/dev/null" }
        if status.isNullDevice { return true }
        return status.kind == .file && (try? LocalFiles.contents(of: path, limit: 1 << 20))?.isEmpty == true
    }

    private func isEnabled(_ name: String) -> Bool {
        Self.folders.contains { folder in
            let names = (try? LocalFiles.names(in: "\(host.root)\(folder)")) ?? []
            return names.contains { directory in
                (directory.hasSuffix(".wants") || directory.hasSuffix(".requires"))
                    && LocalStatus(of: "\(host.root)\(folder)/\(directory)/\(name)", followsLinks: false) != nil
            }
        }
    }

    /// The drop-ins in the order in which systemd reads them: by their names, of one name that of the first directory.
    private func dropIns(of name: String, beside folder: String?) throws(HostFault) -> [(path: String, bytes: [UInt8])]
    {
        var found: [String: String] = [:]
        let places = folder.map { [$0] } ?? Self.folders.map { "\(host.root)\($0)/" }
        // In each place the more counts the more a directory's name says of the unit; those of all timers count least.
        let named = Self.directories(of: name)
        let directories = places.flatMap { place in named.map { "\(place)\($0)" } } + places.map { "\($0)timer.d" }
        for directory in directories {
            for file in try LocalFiles.names(in: directory) where file.hasSuffix(".conf") && found[file] == nil {
                found[file] = "\(directory)/\(file)"
            }
        }
        var dropIns: [(path: String, bytes: [UInt8])] = []
        for (_, path) in found.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) where !isMask(path) {
            if let bytes = try LocalFiles.contents(of: path, limit: 1 << 20) { dropIns.append((path, bytes)) }
        }
        return dropIns
    }

    /// `a-b@c.timer` has `a-b@c.timer.d`, `a-b@.timer.d` and `a-.timer.d`.
    private static func directories(of name: String) -> [String] {
        let base = name.hasSuffix(".timer") ? String(name.dropLast(6)) : name
        var directories = ["\(base).timer.d"]
        var stem = base
        if let at = base.firstIndex(of: "@") {
            stem = String(base[..<at])
            if base.index(after: at) < base.endIndex { directories.append("\(stem)@.timer.d") }
        }
        var rest = Substring(stem)
        while let dash = rest.lastIndex(of: "-") {
            let prefix = rest[...dash]
            if prefix != stem { directories.append("\(prefix).timer.d") }
            rest = rest[..<dash]
        }
        return directories
    }
}
