import Model

/// A host as it would be with one file of it written or gone.
final class Prospect: HostReading {
    private let host: any HostReading
    private let path: AbsolutePath
    /// nil: gone.
    private let bytes: [UInt8]?

    init(_ host: any HostReading, _ path: AbsolutePath, _ bytes: [UInt8]?) {
        self.host = host
        self.path = path
        self.bytes = bytes
    }

    var isRunning: Bool { host.isRunning }

    func status(of path: AbsolutePath) throws(HostFault) -> FileStatus? {
        guard path == self.path else { return try host.status(of: path) }
        return bytes.map {
            FileStatus(kind: .file, permissions: Permissions(0o440), owner: 0, group: 0, byteCount: $0.count)
        }
    }

    func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
        guard path == self.path else { return try host.contents(of: path, limit: limit) }
        guard let bytes else { throw HostFault.absent("read", path.text) }
        return bytes
    }

    func entries(of path: AbsolutePath) throws(HostFault) -> [String]? {
        let names = try host.entries(of: path)
        guard path == self.path.parent else { return names }
        let others = (names ?? []).filter { $0 != self.path.name }
        return bytes == nil ? names.map { _ in others } : (others + [self.path.name]).sorted()
    }

    func document<Document: HostDocument>(_ type: Document.Type, at path: AbsolutePath) throws(HostFault) -> Document? {
        path == self.path ? bytes.map { Document(parsing: $0) } : try host.document(type, at: path)
    }

    func digest(of path: AbsolutePath) throws(HostFault) -> Digest { try host.digest(of: path) }
    func linkTarget(of path: AbsolutePath) throws(HostFault) -> String { try host.linkTarget(of: path) }
    func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer { try host.answer(to: probe) }
}
