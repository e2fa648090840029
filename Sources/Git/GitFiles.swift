public import Model
import Values

/// The files and links of a commit with their bytes, which were read once and hashed: what is read again must be the same.
public struct GitFiles {
    public enum Body: Sendable {
        case file(FileContent, isExecutable: Bool)
        case link(String)
    }

    /// By relative path.
    public private(set) var entries: [(path: String, body: Body)] = []

    /// The most bytes of all files together.
    private static let greatestTotal = 8 << 30
    private static let greatestTarget = 4095

    init(_ snapshot: GitSnapshot, from objects: GitObjects) throws(GitFault) {
        let reader = BlobReader(objects: objects)
        var total = 0, known: [GitID: FileContent] = [:]
        for entry in snapshot.entries {
            switch entry.mode {
            case .directory: continue
            case .link: entries.append((entry.path, .link(try Self.target(of: entry, from: objects))))
            case .file, .executable:
                let content: FileContent
                if let other = known[entry.id] { content = other } else { content = try reader.content(of: entry) }
                known[entry.id] = content
                total += content.byteCount
                guard total <= Self.greatestTotal else {
                    throw GitFault(.refused, "its files have more than \(Self.greatestTotal >> 30) GiB")
                }
                entries.append((entry.path, .file(content, isExecutable: entry.mode == .executable)))
            }
        }
    }

    private static func target(of entry: GitSnapshot.Entry, from objects: GitObjects) throws(GitFault) -> String {
        var bytes: [UInt8] = []
        try objects.blob(entry.id, limit: greatestTarget) { bytes += $0 }
        guard let target = String(validating: bytes, as: UTF8.self), !bytes.isEmpty, !bytes.contains(0) else {
            throw GitFault(.refused, "it has the link `\(entry.path.printableLine(columns: 80))` to what is no path")
        }
        return target
    }
}

/// Reads files again when they are written, one after the other, in the task of the host.
private struct BlobReader: @unchecked Sendable {
    let objects: GitObjects

    func content(of entry: GitSnapshot.Entry) throws(GitFault) -> FileContent {
        let id = entry.id
        var byteCount = 0, fault: GitFault?
        let digest: Digest
        do throws(HostFault) {
            digest = try Digest { (sink) throws(HostFault) in
                do throws(GitFault) {
                    try objects.blob(id) { (piece) throws(HostFault) in
                        byteCount += piece.count
                        try sink(piece)
                    }
                } catch {
                    fault = error
                }
            }
        } catch {
            throw GitFault(error)
        }
        if let fault { throw fault }
        return .stream(
            ByteStream(entry.path, byteCount: byteCount, sha256: digest.bytes) { (sink) throws(HostFault) in
                do throws(GitFault) {
                    try objects.blob(id, sink)
                } catch {
                    throw HostFault(
                        "read", "the file \(entry.path.printableLine(columns: 80)) of the repository", error.reason)
                }
            })
    }
}
