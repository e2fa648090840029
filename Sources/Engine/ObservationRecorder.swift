public import Model

/// A reader that remembers what each resource of a catalog read, so that a later run need not read it again while
/// nothing of it was touched.
public final class ObservationRecorder: HostReading {
    private let below: any HostReading & SignatureReading
    /// Nanoseconds since 1970 when the first read can have happened.
    private let start: Int
    nonisolated(unsafe) private var position = 0
    nonisolated(unsafe) private var signatures: [AbsolutePath: Record] = [:]
    nonisolated(unsafe) private var volatile: Set<Int> = []

    fileprivate struct Record {
        var signature: PathSignature?
        var isListing: Bool
        var readers: [Int]
        /// What was read at first, after the signature.
        var content: Digest?
    }

    /// - Parameter start: the time now, in nanoseconds since 1970.
    public init(over below: any HostReading & SignatureReading, start: Int) {
        self.below = below
        self.start = start
    }

    /// The reads that follow are for the resource at a position of the catalog.
    func begin(_ position: Int) { self.position = position }

    /// The positions that must be observed each time: they asked what no signature tells, or read something that was
    /// changed so shortly before that another change could have the same time.
    public var volatilePositions: [Int] { volatile.union(racy).sorted() }

    /// How many resources read something that was changed a moment before. What is in /proc has no times: it is read anew
    /// each time, however long ago it was changed.
    public var racyCount: Int {
        Set(signatures.values.filter { !$0.isSettled(at: start) && $0.hasTimes }.flatMap(\.readers)).count
    }

    private var racy: [Int] { signatures.values.filter { !$0.isSettled(at: start) }.flatMap(\.readers) }

    /// The paths that were read, each with its signature before the read and what was read, in their order.
    public var settledRecords: [PathRecord] {
        signatures.filter { $0.value.isSettled(at: start) }
            .map { PathRecord(path: $0.key, signature: $0.value.signature, content: $0.value.content) }
            .sorted { $0.path < $1.path }
    }

    /// Looks at a path before its first reading.
    private func note(_ path: AbsolutePath, isListing: Bool = false) throws(HostFault) {
        if let known = signatures[path], known.isListing || !isListing {
            if known.readers.last != position { signatures[path]?.readers.append(position) }
            return
        }
        let readers = (signatures[path]?.readers ?? []) + [position]
        signatures[path] = Record(
            signature: try below.signature(of: path, isListing: isListing), isListing: isListing, readers: readers)
    }

    /// Reads at a path, and remembers the digest of what came. What could not be read is looked at each time.
    private func read<Result>(
        _ path: AbsolutePath, isListing: Bool = false, _ read: () throws(HostFault) -> Result,
        digest: (Result) throws(HostFault) -> Digest?
    ) throws(HostFault) -> Result {
        try note(path, isListing: isListing)
        do throws(HostFault) {
            let result = try read()
            guard signatures[path]?.content == nil else { return result }
            let content = try digest(result)
            signatures[path]?.content = content
            return result
        } catch {
            volatile.insert(position)
            throw error
        }
    }

    // MARK: Reading

    public var isRunning: Bool { below.isRunning }

    public func status(of path: AbsolutePath) throws(HostFault) -> FileStatus? {
        try note(path)
        return try below.status(of: path)
    }

    public func presentStatus(of path: AbsolutePath) throws(HostFault) -> FileStatus? {
        volatile.insert(position)
        return try below.status(of: path)
    }

    public func place(of path: AbsolutePath) throws(HostFault) -> AbsolutePath { try below.place(of: path) }

    public func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
        try read(path) { () throws(HostFault) in
            try below.contents(of: path, limit: limit)
        } digest: {
            Digest(of: $0)
        }
    }

    public func digest(of path: AbsolutePath) throws(HostFault) -> Digest {
        try read(path) { () throws(HostFault) in
            try below.digest(of: path)
        } digest: {
            $0
        }
    }

    public func linkTarget(of path: AbsolutePath) throws(HostFault) -> String {
        try read(path) { () throws(HostFault) in
            try below.linkTarget(of: path)
        } digest: {
            Digest(of: $0)
        }
    }

    public func entries(of path: AbsolutePath) throws(HostFault) -> [String]? {
        try read(path, isListing: true) { () throws(HostFault) in
            try below.entries(of: path)
        } digest: {
            $0.map { Digest(ofNames: $0) }
        }
    }

    public func document<Document: HostDocument>(
        _ type: Document.Type, at path: AbsolutePath
    ) throws(HostFault) -> Document? {
        try read(path) { () throws(HostFault) in
            // The reader below may follow a link of root's, whose target no signature here speaks of.
            if signatures[path]?.signature?.isLink == true { volatile.insert(position) }
            return try below.document(type, at: path)
        } digest: { (document) throws(HostFault) in
            document == nil || signatures[path]?.signature?.isLink == true ? nil : try below.digest(of: path)
        }
    }

    public func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer {
        volatile.insert(position)
        return try below.answer(to: probe)
    }

    public func expect(_ probes: [Probe]) { below.expect(probes) }
}

extension PathRecord {
    /// Whether a host has still at the path what was found there.
    ///
    /// - Parameter isRead: whether it is read again, where it was read; else its signature decides.
    public func holds(on host: some HostReading & SignatureReading, isRead: Bool) -> Bool {
        do throws(HostFault) {
            // A remembered listing has the change time of its directory; other directories are remembered without a time.
            guard try host.signature(of: path, isListing: signature?.changed != 0) == signature else { return false }
            guard isRead, let content, let signature else { return true }
            if signature.isLink { return try Digest(of: host.linkTarget(of: path)) == content }
            if signature.isDirectory { return try host.entries(of: path).map { Digest(ofNames: $0) } == content }
            // Small ones in one go; large ones piece by piece.
            let isSmall = signature.byteCount <= 1 << 16
            return try (isSmall ? Digest(of: host.contents(of: path, limit: 1 << 16)) : host.digest(of: path))
                == content
        } catch {
            return false
        }
    }
}

extension Digest {
    /// Of the names in a directory.
    fileprivate init(ofNames names: [String]) { self.init(of: names.joined(separator: "\u{0}")) }
}

extension ObservationRecorder.Record {
    fileprivate var hasTimes: Bool { signature?.changed != .max }

    /// A kernel stamps times with its clock's last tick, 10 ms at most; a file system without fractions of seconds
    /// rounds down to two seconds at most (vfat).
    fileprivate func isSettled(at start: Int) -> Bool {
        guard let signature else { return true }
        let grain = signature.changed % 1_000_000_000 == 0 ? 3_000_000_000 : 50_000_000
        return signature.changed <= start - grain
    }
}
