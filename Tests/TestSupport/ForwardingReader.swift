public import Model

/// A host of a test that reads what another one reads, but for what it says itself.
public protocol ForwardingReader: HostReading {
    /// Who is asked.
    var inner: any HostReading { get }
}

extension ForwardingReader {
    public var isRunning: Bool { inner.isRunning }
    public func status(of path: AbsolutePath) throws(HostFault) -> FileStatus? { try inner.status(of: path) }
    public func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
        try inner.contents(of: path, limit: limit)
    }
    public func digest(of path: AbsolutePath) throws(HostFault) -> Digest { try inner.digest(of: path) }
    public func linkTarget(of path: AbsolutePath) throws(HostFault) -> String { try inner.linkTarget(of: path) }
    public func entries(of path: AbsolutePath) throws(HostFault) -> [String]? { try inner.entries(of: path) }
    public func document<Document: HostDocument>(
        _ type: Document.Type, at path: AbsolutePath
    ) throws(HostFault) -> Document? { try inner.document(type, at: path) }
    public func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer { try inner.answer(to: probe) }
}
