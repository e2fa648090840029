public import Model
import SystemCalls

/// A site in a bundle that was read whole once. Each file is hashed again when it is read: the bundle may have been written to meanwhile.
public final class BundleSite: SiteReader {
    private struct Entry {
        /// Where in the file.
        var place: Int
        var file: BundleList.File
    }

    public let revision: String
    public let list: BundleList
    private let file: RangeFile
    private let entries: [[UInt8]: Entry]
    /// Whether a file is handed on only when all of it was hashed.
    private let isHolding: Bool

    /// The most bytes of a file that is held, and of a piece of it.
    private static let heldLimit = 256 << 20, pieceSize = 256 << 10

    init(_ list: BundleList, at places: [Int], in file: RangeFile, signer: String?) {
        self.list = list
        self.file = file
        revision = SiteRevision.text(list.commit, subject: list.subject, signer: signer)
        isHolding = false
        entries = Dictionary(
            zip(list.files, places).map { (Array($0.path.utf8), Entry(place: $1, file: $0)) }, uniquingKeysWith: { $1 })
    }

    private init(holding site: BundleSite) {
        (revision, list, file, entries, isHolding) = (site.revision, site.list, site.file, site.entries, true)
    }

    /// The same site out of a file that others can write to: no byte of a file is handed on before all of it was hashed.
    public var holdingFiles: BundleSite { BundleSite(holding: self) }

    public func paths(below folder: String) -> [String] {
        let start = Array((folder.isEmpty || folder.hasSuffix("/") ? folder : "\(folder)/").utf8)
        return list.files.map(\.path).filter { $0.utf8.starts(with: start) }
    }

    public func byteCount(of path: String) -> Int? { entries[Array(path.utf8)]?.file.byteCount }

    public func isExecutable(_ path: String) -> Bool { entries[Array(path.utf8)]?.file.isExecutable ?? false }

    public func contents(of path: String) throws(SiteFault) -> [UInt8]? {
        guard let entry = entries[Array(path.utf8)] else { return nil }
        guard entry.file.byteCount <= Self.heldLimit else {
            throw SiteFault(path, "it has more than \(Self.heldLimit >> 20) MiB")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entry.file.byteCount)
        do throws(HostFault) {
            try readPieces(of: path, entry) { (piece) throws(HostFault) in bytes += piece }
        } catch {
            throw SiteFault(path, error.reason)
        }
        return bytes
    }

    public func read(_ path: String, _ sink: ByteStream.Sink) throws(HostFault) {
        guard let entry = entries[Array(path.utf8)] else { throw HostFault.absent("read", path, kind: .missing) }
        guard isHolding else { return try readPieces(of: path, entry, sink) }
        let bytes: [UInt8]?
        do throws(SiteFault) { bytes = try contents(of: path) } catch { throw HostFault("read", path, error.reason) }
        try FileContent.whole(Content(bytes ?? [])).read(sink)
    }

    private func readPieces(of path: String, _ entry: Entry, _ sink: ByteStream.Sink) throws(HostFault) {
        var hash = RunningDigest(), done = 0
        while done < entry.file.byteCount {
            let count = min(Self.pieceSize, entry.file.byteCount - done)
            let piece = try file.bytes(at: UInt64(entry.place + done), count: count)
            if piece.isEmpty { break }
            hash.add(piece)
            done += piece.count
            var fault: HostFault?
            piece.withUnsafeBytes { buffer in
                do throws(HostFault) { try sink(buffer) } catch { fault = error }
            }
            if let fault { throw fault }
        }
        guard hash.value == entry.file.sha256 else {
            throw HostFault("read", path, "the bundle was changed since it was looked at")
        }
    }
}
