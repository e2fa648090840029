/// Reads a host. Nothing here can write: planning takes only this.
public protocol HostReading: AnyObject, Sendable {
    /// Whether the host is running from this root; false below `--root`, where what only a running system has is
    /// deferred to its boot.
    var isRunning: Bool { get }
    /// What is at `path`, never following a link in the last component; nil when nothing is.
    func status(of path: AbsolutePath) throws(HostFault) -> FileStatus?
    /// The same of what others write all the time: a later run looks at it again, whether or not it was written since.
    func presentStatus(of path: AbsolutePath) throws(HostFault) -> FileStatus?
    /// Where a path leads, the last component not followed: no directory above it is a link then. What is no link of
    /// root's, or is not there, is left as it is.
    func place(of path: AbsolutePath) throws(HostFault) -> AbsolutePath
    /// The bytes of a regular file; the last component is never followed.
    ///
    /// - Throws: also when there is no file, when it is something else, and when it has more than `limit` bytes.
    func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8]
    /// The digest of a regular file of any size.
    func digest(of path: AbsolutePath) throws(HostFault) -> Digest
    /// Where a symbolic link points.
    func linkTarget(of path: AbsolutePath) throws(HostFault) -> String
    /// The names in a directory, sorted; nil when there is no directory.
    func entries(of path: AbsolutePath) throws(HostFault) -> [String]?
    /// A parsed file, parsed once and remembered until it changes; nil when there is no file.
    func document<Document: HostDocument>(_ type: Document.Type, at path: AbsolutePath) throws(HostFault) -> Document?
    /// Asks something that only a command or a service can tell. It cannot change the host.
    func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer
    /// Tells which questions may come, so that one answer may serve many of them.
    func expect(_ probes: [Probe])
    /// The disks, where this is an installation; nil on a host that only lives on them.
    var storage: (any StorageReading)? { get }
}

extension HostReading {
    public func presentStatus(of path: AbsolutePath) throws(HostFault) -> FileStatus? { try status(of: path) }
    public func place(of path: AbsolutePath) throws(HostFault) -> AbsolutePath { path }
    public func expect(_ probes: [Probe]) {}
    public var storage: (any StorageReading)? { nil }
}

/// The one place that has effects on the managed host.
public protocol Host: HostReading {
    /// Performs the steps of a batch; what they did is durable when it returns, but for what programs wrote.
    ///
    /// - Returns: one result for each step, in the same order. An unperformed step is a fault.
    func perform(_ batch: StepBatch) -> [StepResult]
    /// Makes durable what programs wrote, of which nobody knows where it is.
    func makeDurable() throws(HostFault)
}

public typealias StepResult = Result<StepOutput, HostFault>

/// What a step had to say.
public struct StepOutput: Sendable {
    /// What a command printed, capped.
    public var text: String
    /// The exit status of a command; 0 for other steps.
    public var exitStatus: Int32
    /// Whether a guard said that there is nothing to do.
    public var isSkipped: Bool

    public init(text: String = "", exitStatus: Int32 = 0, isSkipped: Bool = false) {
        self.text = text
        self.exitStatus = exitStatus
        self.isSkipped = isSkipped
    }
}

/// A file of the host in parsed form. Unknown parts are kept byte for byte.
public protocol HostDocument: Sendable {
    init(parsing bytes: [UInt8])
    var bytes: [UInt8] { get }
}

/// What lstat(2) tells about a path.
public struct FileStatus: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case file, directory, link, device, fifo, socket
    }

    public var kind: Kind
    public var permissions: Permissions
    public var owner: UInt32
    public var group: UInt32
    public var byteCount: Int
    public var linkCount: Int

    public init(
        kind: Kind, permissions: Permissions, owner: UInt32, group: UInt32, byteCount: Int = 0, linkCount: Int = 1
    ) {
        self.kind = kind
        self.permissions = permissions
        self.owner = owner
        self.group = group
        self.byteCount = byteCount
        self.linkCount = linkCount
    }
}
