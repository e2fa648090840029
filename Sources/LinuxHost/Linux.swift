import CShim
import Glibc
import SystemFiles
public import Model
public import SystemCalls

/// The host that this program runs on, or another root below a directory of it.
///
/// One run uses it in one task. Parsed documents and opened directories are remembered until a step changes them.
public final class Linux: Host {
    /// The directory that is the managed root, such as `/` or `/target`.
    public let rootPath: String
    let root: Int32
    nonisolated(unsafe) var directories: [AbsolutePath: OpenDirectory] = [:] {
        didSet { last = nil }
    }
    /// Directories that were not there when they were looked for, until the next step.
    nonisolated(unsafe) var missing: Set<AbsolutePath> = []
    nonisolated(unsafe) var isPerforming = false
    /// The files that let nobody in where they are wrong, as far as they were looked for.
    nonisolated(unsafe) var guarded: GuardedPlaces?
    nonisolated(unsafe) var documents: [AbsolutePath: [ObjectIdentifier: any HostDocument]] = [:]
    /// The entry that was looked at last: a file's status and its contents are asked for one after the other.
    nonisolated(unsafe) var last: (path: AbsolutePath, entry: Entry)?
    nonisolated(unsafe) private var buffer: [UInt8] = []
    /// The directories that were searched for what a killed run left.
    nonisolated(unsafe) var cleaned: Set<AbsolutePath> = []
    /// Whether the file system of a device keeps change times, as far as it was asked.
    nonisolated(unsafe) var stampingDevices: [UInt: Bool] = [:]
    /// The state of the conversation with the package manager.
    nonisolated(unsafe) package let packages = PackageManagerState()
    nonisolated(unsafe) var names = NameAnswers()
    nonisolated(unsafe) var archives = KnownArchives()
    /// What repositories said in this run.
    nonisolated(unsafe) var gitAnswers: [Probe: ProbeAnswer] = [:]
    /// Whether unit files changed since systemd read them.
    nonisolated(unsafe) var hasChangedUnits = false
    /// The disks, where this is an installation.
    nonisolated(unsafe) var disks: LinuxStorage?
    /// Days since 1970-01-01, for the date of the last change of a password.
    let today: Int

    /// - Throws: when there is no such directory.
    public init(root: String = "/", today: Int = SystemClock.today) throws(HostFault) {
        let path = HostRoot.path(root)
        rootPath = path
        self.today = today
        self.root = open(path, OpenFile.pathOnly | O_DIRECTORY | O_CLOEXEC)
        if self.root < 0 { throw HostFault("open", "the root \(path)", ErrorNumber.last.text) }
    }

    deinit {
        close(root)
    }

    public var isRunning: Bool { rootPath == "/" }
    public var storage: (any StorageReading)? { disks }

    /// Makes of the host one that an installation works on.
    public func install(on disks: LinuxStorage) { self.disks = disks }

    public func status(of path: AbsolutePath) throws(HostFault) -> FileStatus? {
        guard let entry = try entry(path) else { return nil }
        return try status(entry, path)
    }

    public func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
        guard let entry = try entry(path) else {
            throw HostFault.absent("read", path.text)
        }
        var capacity = 1 << 16
        while true {
            if buffer.count < capacity { buffer = [UInt8](repeating: 0, count: capacity) }
            var status = stat()
            let count = buffer.withUnsafeMutableBytes {
                lodestar_read_file(entry.directory.descriptor, entry.name, &status, $0.baseAddress, $0.count)
            }
            if count < 0 {
                let reason = -count == ENOTSUP ? "it is no regular file" : ErrorNumber.text(Int32(-count))
                throw HostFault("read", path.text, reason)
            }
            try checkNames(of: status, entry, "read", path)
            if count > limit { throw HostFault("read", path.text, "it has more than \(limit) bytes") }
            if count <= buffer.count {
                defer { if buffer.count > 1 << 20 { buffer = [] } }
                return Array(buffer[..<count])
            }
            capacity = count + 1
        }
    }

    /// Refuses a file that may be another one, by a hard link that somebody else made.
    func checkNames(
        of status: stat, _ entry: Entry, _ operation: String, _ path: AbsolutePath
    ) throws(HostFault) {
        guard status.st_nlink > 1, entry.directory.isOpenToOthers(status) else { return }
        throw HostFault(operation, path.text, "it has \(status.st_nlink) hard links where others can make them")
    }

    public func digest(of path: AbsolutePath) throws(HostFault) -> Digest {
        try Digest { (sink) throws(HostFault) in try read(path, sink) }
    }

    /// Hands over the bytes of a regular file of any size; the last component is never followed.
    func read(_ path: AbsolutePath, _ sink: ByteStream.Sink) throws(HostFault) {
        guard let entry = try entry(path) else {
            throw HostFault.absent("read", path.text)
        }
        let descriptor = lodestar_open(
            entry.directory.descriptor, entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, 0,
            lodestar_identity(uid: 0, gid: 0))
        if descriptor < 0 { throw HostFault("read", path.text, ErrorNumber.text(-descriptor)) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HostFault("read", path.text, "it is no regular file")
        }
        try checkNames(of: status, entry, "read", path)
        try OpenFile.read(descriptor, named: path.text, sink)
    }

    public func linkTarget(of path: AbsolutePath) throws(HostFault) -> String {
        guard let entry = try entry(path) else {
            throw HostFault.absent("read", path.text)
        }
        var target = [UInt8](repeating: 0, count: 4096)
        let count = target.withUnsafeMutableBytes {
            $0.baseAddress.map { readlinkat(entry.directory.descriptor, entry.name, $0, 4096) } ?? -1
        }
        if count < 0 { throw HostFault("read", path.text, ErrorNumber.last.text) }
        return String(decoding: target[..<count], as: UTF8.self)
    }

    public func entries(of path: AbsolutePath) throws(HostFault) -> [String]? {
        guard let status = try status(of: path), status.kind == .directory, let directory = try directory(path) else {
            return nil
        }
        return try directory.names(at: path).sorted()
    }

    public func document<Document: HostDocument>(
        _ type: Document.Type, at path: AbsolutePath
    ) throws(HostFault) -> Document? {
        let kind = ObjectIdentifier(type)
        if let known = documents[path]?[kind] as? Document { return known }
        guard let status = try status(of: path), status.kind == .file || status.kind == .link else { return nil }
        let document = Document(parsing: try contents(of: try resolved(path, status), limit: 256 << 20))
        documents[path, default: [:]][kind] = document
        return document
    }

    /// Where a system file really is: some distributions make /etc/localtime or a unit a link of root's.
    private func resolved(_ path: AbsolutePath, _ status: FileStatus) throws(HostFault) -> AbsolutePath {
        guard status.kind == .link, status.owner == 0, let parent = path.parent, try directory(parent)?.trust == .root
        else {
            return path
        }
        return try Trail(of: path, on: self).place
    }

    /// Forgets what is known of a path that a step changes.
    func forget(_ path: AbsolutePath) {
        documents[path] = nil
        if path.isOfSystemd || path.text == "/etc/fstab" { hasChangedUnits = true }
        if path.bringsPackages { packages.predictions = [:] }
    }

    /// Forgets everything: a command may have changed anything.
    func forgetAll() {
        documents = [:]
        directories = [:]
        missing = []
        guarded = nil
        last = nil
        packages.predictions = [:]
        names.forgetMissing()
    }
}

extension AbsolutePath {
    /// Whether it is in a folder of systemd, wherever that is.
    fileprivate var isOfSystemd: Bool {
        text.utf8.split(separator: UInt8(ascii: "/")).dropLast().contains { $0.elementsEqual("systemd".utf8) }
    }
}
