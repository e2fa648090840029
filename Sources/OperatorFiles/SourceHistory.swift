public import Model
import SystemCalls

/// What is known of the sources that were asked on a root, in the folder of its state.
///
/// A commit that goes on is judged again, so the file names nobody who counts. What it decides is the earliest time that it
/// can be.
public struct SourceHistory: Sendable {
    private var sources: [String: SourceStatus] = [:]
    /// It is never earlier than this: a commit that was trusted had been made by then. Seconds since 1970.
    public private(set) var earliest: Int64 = 0
    private let state: String

    private static let lockPatience: Int64 = 10_000
    /// Of these the ones that were asked last are kept.
    private static let greatestCount = 100
    private static func path(in state: String) -> String { "\(state)/source/status.json" }

    /// - Parameter state: the folder of the state.
    public init(in state: String) throws(HostFault) {
        self.state = state
        // One that is damaged is begun anew: nothing in it is an operator's word.
        guard let datum = try RecordFile.read(Self.path(in: state), isDispensable: true) else { return }
        earliest = SourceStatus.time(datum["earliest"]) ?? 0
        guard case .map(let members)? = datum["sources"] else { return }
        for member in members { sources[member.key] = SourceStatus(member.value) }
    }

    public subscript(source: SiteSource) -> SourceStatus { sources[Self.name(of: source)] ?? SourceStatus() }

    /// A bundle goes by its path: it is followed to other commits.
    private static func name(of source: SiteSource) -> String {
        if case .bundle(let bundle) = source { bundle.path } else { source.text }
    }

    /// The sources that were asked, by their texts.
    public var names: [String] { sources.keys.sorted() }

    /// Changes what is known of one source; others may be changed at the same time.
    ///
    /// - Parameter earliest: seconds since 1970.
    mutating func change(
        _ source: SiteSource, notBefore earliest: Int64 = 0, _ change: (inout SourceStatus) -> Void
    ) throws(HostFault) {
        let path = Self.path(in: state), lock: ProcessLock
        try LocalFiles.makeDirectory("\(state)/source", mode: 0o700)
        do { lock = try ProcessLock(at: "\(path).lock", waiting: Self.lockPatience) } catch {
            throw error as? HostFault ?? HostFault("lock", path, "another process holds it")
        }
        defer { withExtendedLifetime(lock) {} }
        self = try SourceHistory(in: state)
        change(&sources[Self.name(of: source), default: SourceStatus()])
        forgetOldest()
        removeForgottenCopies()
        self.earliest = max(self.earliest, earliest)
        let members = sources.sorted { $0.key < $1.key }.map { Datum.Member($0.key, $0.value.datum) }
        try RecordFile.write(["earliest": .int(self.earliest), "sources": .map(members)], to: path)
    }

    /// A source is asked again at once.
    public static func forgetWaits(of source: SiteSource, in state: String) throws(HostFault) {
        var history = try SourceHistory(in: state)
        if history[source].failureCount > 0 { try history.change(source) { $0.failureCount = 0 } }
    }

    /// Copies of bundles that no source has any more, such as one that was applied once by its commit. Who reads one goes on.
    private func removeForgottenCopies() {
        let kept = Set(sources.keys.filter { BundleSource.isName($0) }.map { BundleSource(path: $0).copyName })
        let folder = "\(state)/source"
        for name in (try? LocalFiles.names(in: folder)) ?? [] {
            // Of one on the web also what has come of the next one, and the marks of both.
            guard let end = name.firstRange(of: BundleSource.suffix)?.upperBound, !kept.contains(String(name[..<end]))
            else {
                continue
            }
            LocalFiles.remove("\(folder)/\(name)")
        }
    }

    private mutating func forgetOldest() {
        let old = sources.sorted { ($0.value.attempt ?? 0, $0.key) > ($1.value.attempt ?? 0, $1.key) }
        for (name, _) in old.dropFirst(Self.greatestCount) { sources[name] = nil }
    }
}

/// A file of JSON in the folder of a root's state.
enum RecordFile {
    private static let limit = 1 << 20

    /// - Parameter isDispensable: whether one that cannot be read counts as missing.
    static func read(_ path: String, isDispensable: Bool = false) throws(HostFault) -> Datum? {
        if isDispensable, LocalStatus(of: path, followsLinks: false)?.kind == .file,
            try RangeFile(path).byteCount > UInt64(limit)
        {
            return nil
        }
        guard let bytes = try LocalFiles.stateContents(of: path, limit: limit) else { return nil }
        if let datum = try? Datum(json: bytes) { return datum }
        if isDispensable { return nil }
        throw HostFault("read", path, "it is no JSON")
    }

    static func write(_ datum: Datum, to path: String) throws(HostFault) {
        let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
        try LocalFiles.makeDirectory(folder, mode: 0o700)
        try LocalFiles.write(Array("\(datum.json)\n".utf8), to: path)
    }
}
