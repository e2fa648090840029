import Images
public import Model
import SystemCalls

/// What is written of an image in the folder that it is unpacked into: how far it is, and in the end that it is all there.
enum UnpackRecord {
    private static func journal(in folder: String) -> String { "\(folder)/\(OwnEntries.journalName)" }

    /// How far an unpacking came that did not end: of which image, and up to which byte of its tar all is on the disk.
    static func journal(of folder: String) throws(HostFault) -> (image: String, done: Int)? {
        guard let bytes = try LocalFiles.stateContents(of: journal(in: folder), limit: 4096) else { return nil }
        guard let datum = try? Datum(json: bytes), case .string(let image)? = datum["image"],
            case .int(let done)? = datum["done"]
        else { throw HostFault("read", journal(in: folder), "it is no journal of an unpacking") }
        return (image, Int(done))
    }

    /// Says, durably, that all is on the disk up to a byte of the tar.
    static func note(_ done: Int, of list: ImageList, in folder: String) throws(HostFault) {
        let datum: Datum = ["image": .string(list.digest.hexadecimal), "done": .int(Int64(done))]
        try LocalFiles.write(Array("\(datum.compactJSON)\n".utf8), to: journal(in: folder))
    }

    /// Removes the journal, and what an ended process left of one.
    static func removeJournal(of folder: String) throws(HostFault) {
        for name in try LocalFiles.names(in: folder) where name.hasPrefix(OwnEntries.journalName) {
            LocalFiles.remove("\(folder)/\(name)")
        }
    }
}

/// The image that a root was made of, as its mark says: written when all of it was on the disk.
public struct UnpackedImage: Sendable, Hashable {
    public var name: String
    public var version: String?
    /// The digest of its IMAGE.
    public var digest: String

    /// nil where no image was unpacked to its end.
    public init?(of root: String) throws(HostFault) {
        let path = "\(StateFolder.path(below: root))/\(Self.fileName)"
        guard let bytes = try LocalFiles.stateContents(of: path, limit: 4096) else { return nil }
        guard let datum = try? Datum(json: bytes), case .string(let name)? = datum["name"],
            case .string(let digest)? = datum["digest"], datum["complete"] == .bool(true)
        else { throw HostFault("read", path, "it is no mark of an image") }
        (self.name, self.digest) = (name, digest)
        version = if case .string(let version)? = datum["version"] { version } else { nil }
    }

    static let fileName = "image.json"

    /// Writes the mark, durably.
    static func mark(_ list: ImageList, in root: String) throws(HostFault) {
        var members: [Datum.Member] = [.init("name", .string(list.name))]
        if let version = list.version { members.append(.init("version", .string(version))) }
        members += [.init("digest", .string(list.digest.hexadecimal)), .init("complete", .bool(true))]
        let path = "\(StateFolder.path(below: root))/\(fileName)"
        try LocalFiles.write(Array("\(Datum.map(members).compactJSON)\n".utf8), to: path, mode: 0o644)
    }
}
