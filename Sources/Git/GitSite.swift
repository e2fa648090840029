public import Model
import Synchronization
import Values

/// A site in a folder of a commit. Only plain files and folders are in it; each file is hashed when it is read.
public final class GitSite: SiteReader {
    private struct Entry {
        var id: GitID
        var isExecutable: Bool
    }

    /// Git answers one question after the other.
    private struct Reading: @unchecked Sendable {
        let objects: GitObjects
        /// The file that was read last, where it is not large.
        var last: (id: GitID, bytes: [UInt8])?
    }

    /// The commit that is read.
    public let commit: GitID
    public let revision: String
    private let entries: [[UInt8]: Entry]
    private let sorted: [String]
    private let reading: Mutex<Reading>

    /// The most bytes of a file that is held.
    private static let heldLimit = 256 << 20

    /// - Parameter signer: who has signed the commit, for people.
    init(_ head: GitHead, folder: [String], signer: String?, from objects: GitObjects) throws(GitFault) {
        commit = head.id
        revision = SiteRevision.text("\(head.id)", subject: head.subject, signer: signer)
        let tree = try objects.tree(at: folder, of: head.commit.tree)
        let found = try GitSnapshot(ofTree: tree, from: objects).entries
        try SiteRules.check(found)
        entries = Dictionary(
            found.map { (Array($0.path.utf8), Entry(id: $0.id, isExecutable: $0.mode == .executable)) },
            uniquingKeysWith: { $1 })
        sorted = found.map(\.path).sorted()
        reading = Mutex(Reading(objects: objects))
    }

    /// Reads every file once: one whose bytes are not those that its name says is known before anything is done.
    public func check() throws(SiteFault) {
        for path in sorted {
            _ = try asking(path) { (reading) throws(GitFault) in
                if let entry = entries[Array(path.utf8)] {
                    try reading.objects.blob(entry.id) { (_) throws(HostFault) in }
                }
            }
        }
    }

    public func paths(below folder: String) throws(SiteFault) -> [String] {
        let start = Array((folder.isEmpty || folder.hasSuffix("/") ? folder : "\(folder)/").utf8)
        return sorted.filter { path in
            guard path.utf8.starts(with: start) else { return false }
            return !path.utf8.dropFirst(start.count).split(separator: UInt8(ascii: "/")).contains {
                $0.first == UInt8(ascii: ".")
            }
        }
    }

    public func byteCount(of path: String) throws(SiteFault) -> Int? {
        guard let entry = entries[Array(path.utf8)] else { return nil }
        return try asking(path) { (reading) throws(GitFault) in
            if let last = reading.last, last.id == entry.id { return last.bytes.count }
            var byteCount = 0, bytes: [UInt8] = []
            try reading.objects.blob(entry.id) { piece in
                byteCount += piece.count
                if byteCount <= FileContent.memoryLimit { bytes += piece } else { bytes = [] }
            }
            if byteCount <= FileContent.memoryLimit { reading.last = (entry.id, bytes) }
            return byteCount
        }
    }

    public func contents(of path: String) throws(SiteFault) -> [UInt8]? {
        guard let entry = entries[Array(path.utf8)] else { return nil }
        return try asking(path) { (reading) throws(GitFault) in
            if let last = reading.last, last.id == entry.id { return last.bytes }
            var bytes: [UInt8] = []
            try reading.objects.blob(entry.id, limit: Self.heldLimit) { bytes += $0 }
            return bytes
        }
    }

    public func read(_ path: String, _ sink: ByteStream.Sink) throws(HostFault) {
        guard let entry = entries[Array(path.utf8)] else { throw HostFault.absent("read", path, kind: .missing) }
        var sinkFault: HostFault?
        do throws(SiteFault) {
            try asking(path) { (reading) throws(GitFault) in
                try reading.objects.blob(entry.id) { (piece) throws(HostFault) in
                    do throws(HostFault) {
                        try sink(piece)
                    } catch {
                        sinkFault = error
                        throw error
                    }
                }
            }
        } catch {
            throw sinkFault ?? HostFault("read", path, error.reason)
        }
    }

    public func isExecutable(_ path: String) -> Bool { entries[Array(path.utf8)]?.isExecutable ?? false }

    private func asking<Answer>(
        _ path: String, _ ask: (inout Reading) throws(GitFault) -> sending Answer
    ) throws(SiteFault) -> sending Answer {
        do throws(GitFault) {
            return try reading.withLock { (reading) throws(GitFault) in try ask(&reading) }
        } catch {
            throw SiteFault(path, error.reason)
        }
    }
}

/// What a site from git may hold.
private enum SiteRules {
    /// - Throws: for links, and for names in one folder that some file systems take for the same.
    static func check(_ entries: [GitSnapshot.Entry]) throws(GitFault) {
        for entry in entries where entry.mode == .link {
            throw GitFault(.refused, "the commit has the link `\(shown(entry.path))`; a site holds plain files")
        }
        guard let (one, other) = SiteName.twins(among: entries.lazy.map(\.path)) else { return }
        throw GitFault(
            .refused,
            "the commit has `\(shown(one))` and `\(shown(other))`, which some file systems take for the same")
    }

    private static func shown(_ path: String) -> String { path.printableLine(columns: 80) }
}
