import Engine
import Model
import Testing

/// What was found at a path is compared by its signature, or read again and compared whatever the signature says.
@Suite struct PathRecordTests {
    /// A host whose times and sizes tell nothing.
    final class Timeless: HostReading, SignatureReading {
        nonisolated(unsafe) var files: [AbsolutePath: [UInt8]] = [:]
        nonisolated(unsafe) var links: [AbsolutePath: String] = [:]
        nonisolated(unsafe) var folders: [AbsolutePath: [String]] = [:]
        nonisolated(unsafe) var owner = 0
        let isRunning = true

        func signature(of path: AbsolutePath, isListing: Bool) -> PathSignature? {
            let isFolder = folders[path] != nil
            let mode = isFolder ? 0o040755 : files[path] != nil ? 0o100644 : links[path] != nil ? 0o120777 : 0
            if mode == 0 { return nil }
            let time = isFolder && !isListing ? 0 : 1
            return PathSignature(
                device: 1, inode: 1, mode: mode, owner: owner, group: 0, byteCount: 1, modified: time, changed: time)
        }

        func status(of path: AbsolutePath) -> FileStatus? {
            files[path].map { _ in FileStatus(kind: .file, permissions: Permissions(0o644), owner: 0, group: 0) }
        }

        func contents(of path: AbsolutePath, limit: Int) throws(HostFault) -> [UInt8] {
            guard let bytes = files[path], bytes.count <= limit else { throw HostFault.absent("read", path.text) }
            return bytes
        }

        func digest(of path: AbsolutePath) throws(HostFault) -> Digest {
            Digest(of: try contents(of: path, limit: .max))
        }

        func linkTarget(of path: AbsolutePath) throws(HostFault) -> String {
            guard let target = links[path] else { throw HostFault.absent("read", path.text) }
            return target
        }

        func entries(of path: AbsolutePath) -> [String]? { folders[path] }

        func document<Document: HostDocument>(_ type: Document.Type, at path: AbsolutePath) -> Document? {
            files[path].map { Document(parsing: $0) }
        }

        func answer(to probe: Probe) -> ProbeAnswer { .count(0) }
    }

    struct Words: HostDocument {
        var bytes: [UInt8]
        init(parsing bytes: [UInt8]) { self.bytes = bytes }
    }

    private static let file = AbsolutePath.root.appending("file"), link = AbsolutePath.root.appending("link")
    private static let folder = AbsolutePath.root.appending("folder"), none = AbsolutePath.root.appending("none")

    private let host = Timeless()

    init() {
        host.files[Self.file] = Array("one".utf8)
        host.links[Self.link] = "file"
        host.folders[Self.folder] = ["a", "b"]
    }

    private func records(
        _ read: (ObservationRecorder) throws -> Void
    ) rethrows -> (records: [PathRecord], volatile: [Int]) {
        let recorder = ObservationRecorder(over: host, start: 10_000_000_000)
        try read(recorder)
        return (recorder.settledRecords, recorder.volatilePositions)
    }

    private func holds(_ records: [PathRecord], isRead: Bool) -> Bool {
        records.allSatisfy { $0.holds(on: host, isRead: isRead) }
    }

    @Test(arguments: ["contents", "digest", "document", "link", "listing"])
    func whatWasReadIsReadAgain(_ way: String) throws {
        let (records, volatile) = try records {
            switch way {
            case "contents": _ = try $0.contents(of: Self.file, limit: .max)
            case "digest": _ = try $0.digest(of: Self.file)
            case "document": _ = try $0.document(Words.self, at: Self.file)
            case "link": _ = try $0.linkTarget(of: Self.link)
            default: _ = try $0.entries(of: Self.folder)
            }
        }
        #expect(records.count == 1 && records[0].content != nil && volatile.isEmpty)
        #expect(holds(records, isRead: true) && holds(records, isRead: false))
        host.files[Self.file] = Array("two".utf8)
        host.links[Self.link] = "else"
        host.folders[Self.folder] = ["a", "c"]
        #expect(holds(records, isRead: false), "the times tell nothing here")
        #expect(!holds(records, isRead: true))
    }

    @Test func ofAttributesTheSignatureDecides() throws {
        let (records, _) = try records {
            _ = try $0.status(of: Self.file)
            _ = try $0.status(of: Self.none)
            _ = try $0.status(of: Self.folder)
        }
        host.files[Self.file] = Array("two".utf8)
        #expect(records.count == 3 && holds(records, isRead: true))
        host.files[Self.none] = []
        #expect(!holds(records, isRead: true) && !holds(records, isRead: false))
        host.files[Self.none] = nil
        host.owner = 5
        #expect(!holds(records, isRead: true) && !holds(records, isRead: false))
    }

    @Test func whatCouldNotBeReadIsLookedAtEachTime() {
        let (_, volatile) = records {
            _ = try? $0.contents(of: Self.folder, limit: 10)
        }
        #expect(volatile == [0])
    }

    /// What is read later than the signature may be newer; the first digest stays.
    @Test func theFirstReadingCounts() throws {
        let (records, _) = try records {
            _ = try $0.contents(of: Self.file, limit: .max)
            host.files[Self.file] = Array("two".utf8)
            _ = try $0.contents(of: Self.file, limit: .max)
        }
        #expect(!holds(records, isRead: true))
        host.files[Self.file] = Array("one".utf8)
        #expect(holds(records, isRead: true))
    }
}
