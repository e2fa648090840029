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

    /// The paths that were read, each with its signature before the read.
    public var settledSignatures: [AbsolutePath: PathSignature?] {
        signatures.filter { $0.value.isSettled(at: start) }.mapValues(\.signature)
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
        try note(path)
        return try below.contents(of: path, limit: limit)
    }

    public func digest(of path: AbsolutePath) throws(HostFault) -> Digest {
        try note(path)
        return try below.digest(of: path)
    }

    public func linkTarget(of path: AbsolutePath) throws(HostFault) -> String {
        try note(path)
        return try below.linkTarget(of: path)
    }

    public func entries(of path: AbsolutePath) throws(HostFault) -> [String]? {
        try note(path, isListing: true)
        return try below.entries(of: path)
    }

    public func document<Document: HostDocument>(
        _ type: Document.Type, at path: AbsolutePath
    ) throws(HostFault) -> Document? {
        try note(path)
        // The reader below may follow a link of root's, whose target no signature here speaks of.
        if signatures[path]?.signature?.isLink == true { volatile.insert(position) }
        return try below.document(type, at: path)
    }

    public func answer(to probe: Probe) throws(HostFault) -> ProbeAnswer {
        volatile.insert(position)
        return try below.answer(to: probe)
    }

    public func expect(_ probes: [Probe]) { below.expect(probes) }
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
