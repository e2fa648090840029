public import Model
import SystemCalls

/// A commit and when it was taken.
public struct SourceMark: Sendable, Hashable {
    /// 40 digits.
    public var commit: String
    /// Seconds since 1970.
    public var time: Int64
    /// The committer's date, in seconds since 1970; nil where nobody knows it.
    public var made: Int64?

    init(commit: String, time: Int64, made: Int64?) { (self.commit, self.time, self.made) = (commit, time, made) }

    init?(_ datum: Datum?) {
        guard case .string(let commit)? = datum?["commit"], case .int(let time)? = datum?["time"] else { return nil }
        self.init(commit: commit, time: time, made: SourceStatus.time(datum?["made"]))
    }

    var datum: Datum {
        ["commit": .string(commit), "time": .int(time), "made": made.map { .int($0) } ?? .null]
    }
}

/// A commit of which applies failed on a root, one after the other.
public struct FailedCommit: Sendable, Hashable {
    /// 40 digits.
    public var commit: String
    public var count: Int
}

/// Which commit a root follows, in the folder of its state. Only who has the lock of the root writes it.
public struct SourceRecord: Sendable {
    /// The commit whose apply was last begun, from wherever it was.
    public private(set) var begun: SourceMark?
    /// The commit that root has accepted although it comes from another history; it counts until it is begun.
    public private(set) var accepted: String?
    /// The commit whose applies failed, or were begun and never ended.
    public private(set) var failed: FailedCommit?
    private let path: String

    /// - Parameter state: the folder of the state.
    public init(in state: String) throws(HostFault) {
        path = "\(state)/source/record.json"
        guard let datum = try RecordFile.read(path) else { return }
        begun = SourceMark(datum["begun"])
        if case .string(let text)? = datum["accepted"] { accepted = text }
        if case .string(let commit)? = datum["failed"]?["commit"], case .int(let count)? = datum["failed"]?["count"] {
            failed = FailedCommit(commit: commit, count: Int(clamping: count))
        }
    }

    /// Why a commit may not follow what was begun before; nil where it may.
    func objection(to candidate: SourceInspection) throws(SourceFault) -> String? {
        guard let begun, accepted != candidate.commit else { return nil }
        if try candidate.descends(from: begun.commit) { return nil }
        return "it does not come from \(begun.commit), which was begun here before"
    }

    /// Why a bundle may not follow what was begun before; nil where it may.
    ///
    /// - Parameter made: the committer's date, in seconds since 1970.
    func objection(toBundleOf commit: String, made: Int64) -> String? {
        guard let begun, accepted != commit, begun.commit != commit, let last = begun.made, made < last else {
            return nil
        }
        let (old, new) = (Timestamp.text(seconds: last), Timestamp.text(seconds: made))
        return "its commit is of \(new), and \(begun.commit), which was begun here before, of \(old)"
    }

    /// - Parameter made: the committer's date, in seconds since 1970; nil where nobody knows it.
    public mutating func begin(_ commit: String, made: Int64?, at time: Int64) throws(HostFault) {
        if begun?.commit == commit, begun?.made == made, accepted != commit { return }
        begun = SourceMark(commit: commit, time: time, made: made)
        if failed?.commit != commit { failed = nil }
        if accepted == commit { accepted = nil }
        try write()
    }

    /// An apply is about to do something: it counts as failed until it has ended well, so that one which takes the host down
    /// counts too.
    public mutating func attempt(_ commit: String) throws(HostFault) {
        failed = FailedCommit(commit: commit, count: failed?.commit == commit ? (failed?.count ?? 0) + 1 : 1)
        try write()
    }

    /// It has ended well.
    public mutating func forgetFailures() throws(HostFault) {
        if failed == nil { return }
        failed = nil
        try write()
    }

    /// Somebody has interrupted it, which says nothing about the commit.
    public mutating func withdrawAttempt() throws(HostFault) {
        guard let old = failed else { return }
        failed = old.count > 1 ? FailedCommit(commit: old.commit, count: old.count - 1) : nil
        try write()
    }

    public mutating func accept(_ commit: String) throws(HostFault) {
        accepted = commit
        try write()
    }

    private func write() throws(HostFault) {
        try RecordFile.write(
            [
                "begun": begun.map(\.datum) ?? .null, "accepted": accepted.map { .string($0) } ?? .null,
                "failed": failed.map { ["commit": .string($0.commit), "count": .int(Int64($0.count))] } ?? .null,
            ], to: path)
    }
}
