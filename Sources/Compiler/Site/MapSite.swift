public import Model

/// A site in memory: paths and their bytes.
public struct MapSite: SiteReader {
    private let files: [String: [UInt8]]
    private let executables: Set<String>
    public let revision: String

    public init(_ files: [String: String], executables: Set<String> = [], revision: String = "memory") {
        self.init(bytes: files.mapValues { Array($0.utf8) }, executables: executables, revision: revision)
    }

    public init(bytes files: [String: [UInt8]], executables: Set<String> = [], revision: String = "memory") {
        self.files = files
        self.executables = executables
        self.revision = revision
    }

    public func paths(below folder: String) throws(SiteFault) -> [String] {
        let prefix = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
        return files.keys.filter { path in
            path.hasPrefix(prefix) && !path.split(separator: "/").contains { $0.hasPrefix(".") }
        }.sorted()
    }

    public func contents(of path: String) throws(SiteFault) -> [UInt8]? { files[path] }

    public func byteCount(of path: String) -> Int? { files[path]?.count }

    public func read(_ path: String, _ sink: ByteStream.Sink) throws(HostFault) {
        guard let bytes = files[path] else {
            throw HostFault.absent("read", path, kind: .missing)
        }
        try FileContent.whole(Content(bytes)).read(sink)
    }

    public func isExecutable(_ path: String) -> Bool { executables.contains(path) }
}
