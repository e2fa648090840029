public import Model

/// The units of a host as systemd finds them in its folders, whether it runs or not.
public struct UnitTree: Sendable {
    let host: any HostReading
    let folders: UnitFolders
    /// A unit file that is about to be written.
    private let declared: (path: AbsolutePath, file: UnitFile)?
    /// A mask that is about to go.
    private let unmasked: AbsolutePath?

    /// - Parameters:
    ///   - declared: the content that the unit file of `unit` in /etc/systemd/system is about to have.
    ///   - isUnmasked: whether the mask of `unit` there is about to go.
    public init(
        on host: any HostReading, unit: UnitName, declared: UnitFile? = nil, isUnmasked: Bool = false
    ) throws(HostFault) {
        self.host = host
        folders = try UnitFolders(on: host)
        let path = UnitFolders.configuration.appending(unit.text)
        self.declared = declared.map { (path, $0) }
        unmasked = isUnmasked ? path : nil
    }

    func status(of path: AbsolutePath) throws -> FileStatus? {
        if let declared, declared.path == path {
            return FileStatus(
                kind: .file, permissions: Permissions(0o644), owner: 0, group: 0, byteCount: declared.file.bytes.count)
        }
        if path == unmasked { return nil }
        return try host.status(of: path)
    }

    func file(at path: AbsolutePath) throws -> UnitFile {
        if let declared, declared.path == path { return declared.file }
        guard let file = try host.document(UnitFile.self, at: path) else { throw Refusal("\(path) is gone") }
        return file
    }

    func entries(of path: AbsolutePath) throws -> [String] { try host.entries(of: path) ?? [] }

    func linkTarget(of path: AbsolutePath) throws -> String { try host.linkTarget(of: path) }

    /// Where a text leads that stands in a directory, such as a link's: with every link on the way followed, the last
    /// one too where that is asked for. What does not exist is taken as it is written.
    ///
    /// - Returns: nil where links lead around in a circle, or to what is no path.
    func resolved(_ text: String, in directory: AbsolutePath, followsLast: Bool) throws -> AbsolutePath? {
        var current = text.utf8.first == UInt8(ascii: "/") ? AbsolutePath.root : directory
        var rest = Array(text.split(separator: "/").reversed())
        var linkCount = 0
        while let component = rest.popLast() {
            if component == "." { continue }
            if component == ".." {
                current = current.parent ?? .root
                continue
            }
            guard let next = AbsolutePath(current == .root ? "/\(component)" : "\(current)/\(component)") else {
                return nil
            }
            guard followsLast || !rest.isEmpty, try status(of: next)?.kind == .link else {
                current = next
                continue
            }
            linkCount += 1
            if linkCount > 40 { return nil }
            let target = try linkTarget(of: next)
            if target.utf8.first == UInt8(ascii: "/") { current = .root }
            rest += target.split(separator: "/").reversed()
        }
        return current
    }

    /// Whether a path is /dev/null, a device or an empty file, or leads to one.
    func isNullOrEmpty(_ path: AbsolutePath) throws -> Bool {
        guard let end = try resolved(path.text, in: .root, followsLast: true) else { return false }
        // Below another root /dev is not mounted.
        if end.text == "/dev/null" { return true }
        guard let status = try status(of: end) else { return false }
        return status.kind == .device || (status.kind == .file && status.byteCount == 0)
    }

    /// The mask of a unit in /etc/systemd/system in any form: a link to /dev/null or to an empty file, an empty file.
    public func mask(of unit: UnitName) throws -> (path: AbsolutePath, kind: FileStatus.Kind)? {
        try mask(of: unit, in: UnitFolders.configuration)
    }

    /// The mask of a unit that lasts until the next boot.
    public func runtimeMask(of unit: UnitName) throws -> (path: AbsolutePath, kind: FileStatus.Kind)? {
        try mask(of: unit, in: UnitFolders.runtime)
    }

    private func mask(
        of unit: UnitName, in folder: AbsolutePath
    ) throws -> (path: AbsolutePath, kind: FileStatus.Kind)? {
        let path = folder.appending(unit.text)
        guard let status = try status(of: path) else { return nil }
        switch status.kind {
        case .link:
            // Below another root /dev is not mounted.
            guard let target = try resolved(try linkTarget(of: path), in: folder, followsLast: false),
                try isNullOrEmpty(target)
            else { return nil }
            return (path, .link)
        case .file: return status.byteCount == 0 ? (path, .file) : nil
        case .device: return (path, .device)
        case .directory, .fifo, .socket: return nil
        }
    }
}

extension UnitTree {
    /// The file that a name leads to, and whether it is a mask; nil where there is no unit.
    public func file(of unit: UnitName) throws -> (path: AbsolutePath, isMasked: Bool)? {
        var search = UnitSearch(self)
        do {
            return try search.unit(unit, followsConfiguration: true).map { ($0.path, $0.mode == .masked) }
        } catch is Refusal {
            // There is one, which systemd refuses to read.
            return (UnitFolders.configuration.appending(unit.text), false)
        }
    }
}
